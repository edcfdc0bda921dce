using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Conformance.Kube;

/// <summary>
/// Nothing but the resourceVersion stands between two machines that want the same server, and a server that two machines hold is wiped
/// under one of them. So two clients claim it at the same moment, over and over, and every time exactly one may win.
/// </summary>
public sealed class ClaimRaceTests(KubeCluster cluster) : KubeCase(cluster)
{
    private const int RoundsHere = 10_000;
    private const int RoundsElsewhere = 50;

    /// <summary>Enough to have several rounds on their way at once, each about a host of its own.</summary>
    private const int Hosts = 4;

    private string _path = "";

    [Fact]
    public async Task Of_two_who_claim_one_host_exactly_one_wins_every_time()
    {
        var group = $"claims-{Cluster.Group}";
        await Cluster.DefineAsync(Definition(group));
        _path = $"/apis/{group}/v1alpha1/namespaces/{Space}/hetznerrobothosts";
        // A connection of its own for each, as two processes have.
        using var first = new KubeApi(Cluster.Connection, await Cluster.TokenAsync());
        using var second = new KubeApi(Cluster.Connection, await Cluster.TokenAsync());
        var rounds = (Cluster.IsLab ? RoundsHere : RoundsElsewhere) / Hosts;

        var wins = await Task.WhenAll(Enumerable.Range(1, Hosts).Select(number => RaceAsync(group, number, rounds, first, second)));

        Assert.Equal(rounds * Hosts, wins.Sum(win => win.First + win.Second));
        // A race that one side always wins is no race.
        Assert.True(wins.Sum(win => win.First) > 0 && wins.Sum(win => win.Second) > 0, "one of the two never won");
    }

    private async Task<(int First, int Second)> RaceAsync(string group, int number, int rounds, KubeApi first, KubeApi second)
    {
        var name = $"host-{number}";
        var host = (await Api.PostAsync(_path, $$"""
            { "apiVersion": "{{group}}/v1alpha1", "kind": "HetznerRobotHost", "metadata": { "name": "{{name}}" }, "spec": { "serverID": {{number}} } }
            """)).Is(201);
        var wins = (First: 0, Second: 0);
        for (var round = 0; round < rounds; round++)
        {
            // One patches and one puts, and each goes first in every other round.
            var (patching, putting) = round % 2 == 0 ? (first, second) : (second, first);
            var patch = ClaimByPatchAsync(patching, host, name, $"patch-{round}");
            var put = ClaimByPutAsync(putting, host, name, $"put-{round}");
            var (patched, replaced) = (await patch, await put);

            Assert.True(patched.Code == 200 ^ replaced.Code == 200, $"round {round}: {patched.Code} and {replaced.Code}: {patched.Text} {replaced.Text}");
            (patched.Code == 200 ? replaced : patched).Refused(409, "Conflict");
            var winner = patched.Code == 200 ? patched : replaced;
            Assert.Equal(patched.Code == 200 ? $"patch-{round}" : $"put-{round}", winner.At("spec", "consumerRef", "name"));
            if ((patched.Code == 200) == (patching == first)) wins.First++;
            else wins.Second++;
            host = (await Api.MergeAsync($"{_path}/{name}", $$"""
                { "metadata": { "resourceVersion": "{{winner.Version}}" }, "spec": { "consumerRef": null } }
                """)).Is(200);
        }

        return wins;
    }

    private Task<Reply> ClaimByPatchAsync(KubeApi client, Reply host, string name, string consumer) => client.MergeAsync($"{_path}/{name}", $$"""
        { "metadata": { "resourceVersion": "{{host.Version}}" }, "spec": { "consumerRef": {{Consumer(consumer).ToJsonString()}} } }
        """);

    private Task<Reply> ClaimByPutAsync(KubeApi client, Reply host, string name, string consumer)
    {
        var wanted = host.Json;
        wanted["spec"]!["consumerRef"] = Consumer(consumer);
        return client.PutAsync($"{_path}/{name}", wanted);
    }

    private JsonObject Consumer(string name) => new() { ["kind"] = "HetznerRobotMachine", ["name"] = name, ["namespace"] = Space, ["uid"] = name };

    /// <summary>The kind as it is shipped, in a group that only this run has.</summary>
    private static JsonObject Definition(string group)
    {
        var definition = CrdGenerator.Of<HetznerRobotHost>();
        definition["metadata"] = new JsonObject { ["name"] = $"hetznerrobothosts.{group}" };
        definition["spec"]!["group"] = group;
        return definition;
    }
}
