using System.Globalization;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>
/// The roles that are shipped are what the controller needs and nothing else: in a story in which it does all that it can do, no call is refused and no verb
/// is left over. A rule too few is refused, a rule too many is named.
/// </summary>
public sealed class RolesTests
{
    private const string Kept = "control-plane-1";
    private const string Gone = "worker-1";

    [Fact]
    public async Task Every_call_is_granted_and_every_grant_is_called()
    {
        await using var lab = await TestLab.StartAsync(network: 230, servers: 4);
        lab.StartController("--lease-seconds", "3");
        await lab.ApplyDemoAsync(IsInTheStory);
        await lab.ApplyAsync("""
            apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
            kind: HetznerRobotMachineTemplate
            metadata: { name: workers, namespace: demo }
            spec:
              template:
                spec: { talosVersion: v1.12.4, hostSelector: { matchLabels: { role: worker } } }
            """);
        foreach (var machine in new[] { Kept, Gone }) await lab.EventuallyAsync($"{machine} is provisioned", async () => await PhaseAsync(lab, machine) == "Provisioned");

        await GiveBackAsync(lab);
        await RepairAsync(lab);
        await EscalateAsync(lab);
        Assert.Equal(0, await lab.StopControllerAsync());

        Assert.DoesNotContain(lab.Accesses, access => !access.IsAllowed);
        var granted = (await ShippedRoles.GrantsAsync()).Select(Words).ToList();
        Assert.Equal(granted.Distinct(), granted);
        Assert.Empty(granted.Except(lab.Accesses.Select(access => Words((access.Verb, access.Group, access.Resource)))));
    }

    [Theory]
    [InlineData("get", "secrets", "Could not get secrets demo/robot: the API server answered 403 Forbidden.")]
    [InlineData("get", "hetznerrobotmachines", "cannot get resource \"hetznerrobotmachines\"")]
    [InlineData("patch", "hetznerrobothosts", "cannot patch resource \"hetznerrobothosts\"")]
    [InlineData("watch", "machines", "cannot watch resource \"machines\"")]
    [InlineData("create", "leases", "cannot create resource \"leases\"")]
    public async Task Without_one_verb_nothing_is_done_to_a_server_and_the_log_says_what_is_missing(string verb, string resource, string sentence)
    {
        await using var lab = await TestLab.StartAsync(network: 231, servers: 1, without: (verb, resource));
        lab.StartController("--lease-seconds", "3");
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);

        await lab.EventuallyAsync("the log says so", () => lab.Log.Any(line => line.Contains(sentence, StringComparison.Ordinal)));

        Assert.Empty(lab.Datacenter.World.Ledger.All());
        Assert.Contains(lab.Accesses, access => !access.IsAllowed && access.Verb == verb && access.Resource == resource);
        Assert.All(lab.Accesses, access => Assert.Equal(access.IsAllowed, (access.Verb, access.Resource) != (verb, resource)));
    }

    /// <summary>A storage server goes back under a release.</summary>
    private static async Task GiveBackAsync(TestLab lab)
    {
        var host = (await lab.GetAsync<HetznerRobotMachine>(Gone))!.Status.HostRef!.Name;
        var uid = (await lab.GetAsync<Machine>(Gone))!.Metadata.Uid;
        var expires = TestLab.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await lab.ApplyAsync($$"""
            apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
            kind: HetznerRobotHostRelease
            metadata: { name: permit, namespace: demo }
            spec:
              hostRef: { name: {{host}} }
              machineRef: { name: {{Gone}}, namespace: demo, uid: {{uid}} }
              approvedAction: WipeAndReinstall
              expiresAt: {{expires}}
            """);
        await lab.EventuallyAsync("the release was looked at", async () => (await lab.GetAsync<HetznerRobotHostRelease>("permit"))?.Status.Conditions.Count > 0);
        await lab.KubectlAsync("delete", "machine", Gone, "-n", "demo", "--wait=false");
        await lab.EventuallyAsync("wiped and free", () => lab.Datacenter.World.Ledger.Count(2938104, Fact.DiskWiped) == 1);
        await lab.EventuallyAsync("the machine is gone", async () => await lab.GetAsync<HetznerRobotMachine>(Gone) is null);
    }

    /// <summary>A person asks for a repair, core makes a request of it, and the annotation is taken away when the node is back.</summary>
    private static async Task RepairAsync(TestLab lab)
    {
        await lab.KubectlAsync("annotate", "machine", Kept, "-n", "demo", $"{ClusterApi.RemediateMachineAnnotation}=");
        await lab.RequestRepairAsync(Kept);
        await lab.EventuallyAsync("the annotation is gone", async () => (await lab.GetAsync<Machine>(Kept))!.Metadata.Annotations.ContainsKey(ClusterApi.RemediateMachineAnnotation) is false);
        Assert.Equal(2, lab.Datacenter.World.Ledger.Count(2938101, Fact.ResetPressed));
        await lab.KubectlAsync("delete", "hetznerrobotremediation", Kept, "-n", "demo");
        await lab.EventuallyAsync("the repair is over", async () => await PhaseAsync(lab, Kept) == "Provisioned");
    }

    /// <summary>The server was taken out of the inventory under its node: nothing is left to be reset, and the Machine's owner is told.</summary>
    private static async Task EscalateAsync(TestLab lab)
    {
        var host = (await lab.GetAsync<HetznerRobotMachine>(Kept))!.Status.HostRef!.Name;
        await lab.KubectlAsync("delete", "hetznerrobothost", host, "-n", "demo", "--wait=false");
        await lab.KubectlAsync("patch", "hetznerrobothost", host, "-n", "demo", "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");
        await lab.RequestRepairAsync(Kept);
        await lab.EventuallyAsync("the owner is told", async () => (await lab.GetAsync<Machine>(Kept))!.Status.Conditions.Any(condition => condition is { Type: "OwnerRemediated", Status: "False" }));
    }

    private static async Task<string?> PhaseAsync(TestLab lab, string machine) => (await lab.GetAsync<HetznerRobotMachine>(machine))?.Status.Phase;

    private static bool IsInTheStory(string document) =>
        CrashTests.OneControlPlane(document) || document.Contains($"name: {Gone}\n", StringComparison.Ordinal) || document.Contains("serverID: 2938104", StringComparison.Ordinal);

    private static string Words((string Verb, string Group, string Resource) one) => $"{one.Verb} {one.Resource}{(one.Group.Length == 0 ? "" : $".{one.Group}")}";
}
