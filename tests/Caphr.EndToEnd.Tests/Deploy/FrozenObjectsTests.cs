using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using YamlDotNet.Serialization;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>
/// Objects as a release has written them, with their status: what a user's cluster holds when the next release comes. Its definitions must take them and its
/// types must read them. What is frozen is never changed; a new release adds a folder.
/// </summary>
public sealed class FrozenObjectsTests
{
    private const string Release = "v0.2";
    private const string HowToFreeze = "Freeze today's with FREEZE_OBJECTS=1 dotnet test tests/Caphr.EndToEnd.Tests --filter FrozenObjects";

    private static readonly string[] s_kinds =
        ["hetznerrobotclusters", "hetznerrobothosts", "hetznerrobotmachines", "hetznerrobothostreleases", "hetznerrobotremediations", "hetznerrobotmachinetemplates"];

    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Caphr.EndToEnd.Tests", "Deploy", "Frozen");

    [Fact]
    public async Task What_a_release_wrote_is_taken_by_todays_definitions_and_read_by_todays_types()
    {
        if (Environment.GetEnvironmentVariable("FREEZE_OBJECTS") is not null) await FreezeAsync();
        var files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList() : [];
        Assert.True(files.Count > 0, $"Nothing is frozen. {HowToFreeze}");
        await using var lab = await TestLab.StartAsync(network: 217, servers: 1);
        await lab.KubectlAsync("create", "namespace", "demo");
        var seen = new HashSet<string>();
        foreach (var file in files)
        {
            var frozen = Rendered.Json(await File.ReadAllTextAsync(file)).AsObject();
            seen.Add((string)frozen["kind"]!);
            await lab.KubectlAsync("apply", "--server-side", "--field-manager=frozen", "-f", file);
            await lab.KubectlAsync("apply", "--server-side", "--field-manager=frozen", "--subresource=status", "-f", file);

            var (kind, name) = ((string)frozen["kind"]!, (string)frozen["metadata"]!["name"]!);
            var stored = JsonNode.Parse(await lab.KubectlAsync("get", kind, name, "-n", "demo", "-o", "json"))!;
            foreach (var part in new[] { "spec", "status" }) AssertHolds(frozen[part], stored[part], $"{Path.GetFileName(file)} as stored: {part}");

            var read = await ReadAsync(lab, kind, name);
            foreach (var part in new[] { "spec", "status" }) AssertHolds(frozen[part], read[part], $"{Path.GetFileName(file)} as read: {part}");
            await lab.KubectlAsync("delete", kind, name, "-n", "demo", "--wait=false");
        }

        Assert.Equal(s_kinds.Length, seen.Count);
    }

    /// <summary>Everything that was said is still said. Defaults of today may have come to it.</summary>
    private static void AssertHolds(JsonNode? said, JsonNode? now, string where)
    {
        switch (said)
        {
            case JsonObject one:
                foreach (var (name, value) in one) AssertHolds(value, now?[name], $"{where}.{name}");
                break;
            case JsonArray list:
                Assert.True(now is JsonArray other && other.Count == list.Count, $"{where} has other elements.");
                foreach (var (index, value) in list.Index()) AssertHolds(value, now![index], $"{where}[{index}]");
                break;
            case JsonValue when DateTimeOffset.TryParse(said.ToString(), out var time) && said.ToString().EndsWith('Z'):
                Assert.True(now is not null && DateTimeOffset.Parse(now.ToString(), null) == time, $"{where} was {said} and is {now}.");
                break;
            default:
                Assert.True(said?.ToString() == now?.ToString(), $"{where} was {said} and is {now}.");
                break;
        }
    }

    private static Task<JsonObject> ReadAsync(TestLab lab, string kind, string name) => kind switch
    {
        nameof(HetznerRobotCluster) => ReadAsync<HetznerRobotCluster>(lab, name),
        nameof(HetznerRobotHost) => ReadAsync<HetznerRobotHost>(lab, name),
        nameof(HetznerRobotMachine) => ReadAsync<HetznerRobotMachine>(lab, name),
        nameof(HetznerRobotHostRelease) => ReadAsync<HetznerRobotHostRelease>(lab, name),
        nameof(HetznerRobotRemediation) => ReadAsync<HetznerRobotRemediation>(lab, name),
        nameof(HetznerRobotMachineTemplate) => ReadAsync<HetznerRobotMachineTemplate>(lab, name),
        _ => throw new InvalidOperationException($"{kind} is not read here."),
    };

    private static async Task<JsonObject> ReadAsync<T>(TestLab lab, string name)
        where T : KubernetesObject, IKubernetesResource
    {
        var read = await lab.GetAsync<T>(name);
        Assert.NotNull(read);
        return KubernetesJson.ToNode(read);
    }

    /// <summary>Servers on their way and at their end, and a permit, as a host writes them today.</summary>
    private static async Task FreezeAsync()
    {
        await using var lab = await TestLab.StartAsync(network: 218, servers: 6);
        lab.StartController();
        await lab.ApplyDemoAsync();
        await lab.EventuallyAsync("one is on its way", async () => (await lab.GetAsync<HetznerRobotMachine>("worker-1"))?.Status.Phase is "Installing" or "Booting" or "Configuring" or "Joining");
        await KeepAsync(lab, "hetznerrobotmachines", "worker-1");
        await KeepAsync(lab, "hetznerrobothosts", ((await lab.GetAsync<HetznerRobotMachine>("worker-1"))!).Status.HostRef!.Name);
        foreach (var machine in new[] { "worker-1", "control-plane-1" }) await lab.EventuallyAsync($"{machine} is provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(machine))?.Status.Phase == "Provisioned");
        var host = ((await lab.GetAsync<HetznerRobotMachine>("worker-1"))!).Status.HostRef!.Name;
        var permit = $$$"""
            {"apiVersion": "infrastructure.cluster.x-k8s.io/v1alpha1", "kind": "HetznerRobotHostRelease", "metadata": {"name": "permit", "namespace": "demo"},
             "spec": {"hostRef": {"name": "{{{host}}}"}, "machineRef": {"name": "worker-1", "namespace": "demo", "uid": "none"}, "approvedAction": "WipeAndReinstall", "expiresAt": "2099-01-01T00:00:00Z", "approvedBy": "alice", "reason": "disk replaced"}}
            """;
        await lab.ApplyAsync(permit);
        await lab.ApplyAsync("""
            apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
            kind: HetznerRobotMachineTemplate
            metadata: { name: workers, namespace: demo }
            spec:
              template:
                spec: { talosVersion: v1.12.4, hostSelector: { matchLabels: { role: worker } } }
            """);
        await lab.KubectlAsync("patch", "hrc", "demo", "-n", "demo", "--type=merge", "-p", """{"spec":{"limits":{"atOnce":5,"repairsAtOnce":2,"failuresToStop":3}}}""");
        await lab.EventuallyAsync("the permit was looked at", async () => (await lab.GetAsync<HetznerRobotHostRelease>("permit"))?.Status.Conditions.Count > 0);
        await KeepAsync(lab, "hetznerrobotmachines", "worker-1");
        await KeepAsync(lab, "hetznerrobotmachines", "control-plane-1");
        await KeepAsync(lab, "hetznerrobothosts", host);
        await KeepAsync(lab, "hetznerrobothostreleases", "permit");
        await lab.EventuallyAsync("the template has a capacity", async () => (await lab.GetAsync<HetznerRobotMachineTemplate>("workers"))?.Status.Capacity?.Count > 0);
        await KeepAsync(lab, "hetznerrobotmachinetemplates", "workers");
        await KeepQuarantineAsync(lab, "worker-3");
        await KeepRepairAsync(lab, "worker-1", host);
        await KeepAsync(lab, "hetznerrobotclusters", "demo");
        Assert.All(s_kinds, kind => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Folder, Release), $"{kind}-*.yaml")));
    }

    /// <summary>Its Machine goes, and nothing is done to the server.</summary>
    private static async Task KeepQuarantineAsync(TestLab lab, string machine)
    {
        await lab.EventuallyAsync($"{machine} is provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(machine))?.Status.Phase == "Provisioned");
        var host = (await lab.GetAsync<HetznerRobotMachine>(machine))!.Status.HostRef!.Name;
        await lab.KubectlAsync("annotate", "hrm", machine, "-n", "demo", "caphr.io/detach=");
        await lab.KubectlAsync("delete", "machine", machine, "-n", "demo", "--wait=false");
        await lab.EventuallyAsync("its server is in quarantine", async () => (await lab.GetAsync<HetznerRobotHost>(host))?.Status.Phase == "Quarantined");
        await KeepAsync(lab, "hetznerrobothosts", host);
    }

    private static async Task KeepRepairAsync(TestLab lab, string machine, string host)
    {
        await lab.RequestRepairAsync(machine);
        await lab.EventuallyAsync("it waits for the node", async () => (await lab.GetAsync<HetznerRobotRemediation>(machine))?.Status.WaitUntil is not null);
        await lab.EventuallyAsync("the host shows it", async () => (await lab.GetAsync<HetznerRobotHost>(host))?.Status.Phase == "Remediating");
        await KeepAsync(lab, "hetznerrobotremediations", machine);
        await KeepAsync(lab, "hetznerrobotmachines", machine);
        await KeepAsync(lab, "hetznerrobothosts", host);
    }

    private static async Task KeepAsync(TestLab lab, string kind, string name)
    {
        var found = JsonNode.Parse(await lab.KubectlAsync("get", kind, name, "-n", "demo", "-o", "json"))!.AsObject();
        var metadata = found["metadata"]!.AsObject();
        // What only that one cluster gave, and what would have it collected in another.
        foreach (var member in new[] { "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "ownerReferences", "finalizers" }) metadata.Remove(member);
        var phase = found["status"]?["phase"]?.ToString().ToUpperInvariant();
        Directory.CreateDirectory(Path.Combine(Folder, Release));
        var yaml = new SerializerBuilder().WithQuotingNecessaryStrings().Build().Serialize(Plain(JsonSerializer.SerializeToElement(found)));
        await File.WriteAllTextAsync(Path.Combine(Folder, Release, $"{kind}-{name}{(phase is null ? "" : "-" + phase)}.yaml"), yaml);
    }

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(one => one.Name, one => Plain(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.Number => element.GetInt64(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => element.GetString(),
    };
}
