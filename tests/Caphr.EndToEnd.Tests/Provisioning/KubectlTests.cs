using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>The whole life of the demo's cluster with the real kubectl, as its user has it.</summary>
public sealed class KubectlTests
{
    [Fact]
    public async Task Six_servers_become_nodes_tell_what_they_do_and_go_back()
    {
        await using var lab = await TestLab.StartAsync(network: 208, servers: 6, speed: 5);
        await lab.ApplyDemoAsync();
        lab.StartController();
        await lab.EventuallyAsync("an installation is shown", async () =>
            (await lab.KubectlAsync("-n", "demo", "get", "hrh,hrm", "-o", "wide")) is var working
            && working.Contains("PROVIDERID", StringComparison.Ordinal)
            && working.Contains("Installing", StringComparison.Ordinal)
            && working.Contains("Writing the image", StringComparison.Ordinal));

        await lab.KubectlAsync("-n", "demo", "wait", "--for=condition=Ready", "hrm", "--all", "--timeout=240s");
        await MachinesRunAsync(lab);

        var described = await lab.KubectlAsync("-n", "demo", "describe", "hrm", "control-plane-1");
        foreach (var word in new[] { "HostAssociated", "Provider ID:", "hetzner-robot://29381", "EnteringRescue", "ImageWritten", "TalosAnswers", "The node has proven itself" })
            Assert.Contains(word, described, StringComparison.Ordinal);
        Assert.Contains("RescueReached", await lab.KubectlAsync("-n", "demo", "get", "events"), StringComparison.Ordinal);

        var ledger = lab.Datacenter.World.Ledger;
        foreach (var server in lab.Datacenter.World.Servers)
        {
            Assert.Equal(1, ledger.Count(server.Number, Fact.ResetPressed));
            Assert.Equal(1, ledger.Count(server.Number, Fact.DiskWriteStarted));
        }

        await lab.KubectlAsync("-n", "demo", "delete", "machines.cluster.x-k8s.io", "worker-1", "--timeout=240s");
        Assert.DoesNotContain("worker-1", await lab.KubectlAsync("-n", "demo", "get", "hrm"), StringComparison.Ordinal);
        Assert.Single(ledger.All(), entry => entry.Fact == Fact.DiskWiped);
        await lab.EventuallyAsync("the server is free", async () =>
            (await lab.KubectlAsync("-n", "demo", "get", "hrh", "-o", "jsonpath={.items[*].status.phase}")).Split(' ').Count(phase => phase == "Available") == 1);
    }

    [Fact]
    public async Task A_settled_cluster_is_not_written_to_again()
    {
        await using var lab = await TestLab.StartAsync(network: 209, servers: 1);
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        lab.StartController();
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
        await MachinesRunAsync(lab);

        await lab.EventuallyAsync("nothing is written for three seconds", async () =>
        {
            var before = await VersionsAsync(lab);
            await Task.Delay(TimeSpan.FromSeconds(3), TestLab.Clock);
            return before == await VersionsAsync(lab);
        });
    }

    /// <summary>Debian's kubectl cannot wait for a field yet.</summary>
    private static Task MachinesRunAsync(TestLab lab) => lab.EventuallyAsync("all Machines run", async () =>
        (await lab.KubectlAsync("-n", "demo", "get", "machines.cluster.x-k8s.io", "-o", "jsonpath={.items[*].status.phase}")).Split(' ').All(phase => phase == "Running"));

    private static Task<string> VersionsAsync(TestLab lab) =>
        lab.KubectlAsync("-n", "demo", "get", "hrh,hrm,hrc", "-o", "jsonpath={range .items[*]}{.metadata.name}={.metadata.resourceVersion} {end}");
}
