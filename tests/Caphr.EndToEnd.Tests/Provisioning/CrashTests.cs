using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>The world's own ledger is asked, not the controller's log: it knows what physically happened.</summary>
public sealed class CrashTests
{
    private const int Server = 2938101;

    [Fact]
    public async Task A_controller_killed_in_three_phases_costs_nothing_but_time()
    {
        await using var lab = await TestLab.StartAsync(network: 201, servers: 1, speed: 15);
        await lab.ApplyDemoAsync(OneControlPlane);
        var ledger = lab.Datacenter.World.Ledger;

        foreach (var (phase, moment) in new[] { ("EnteringRescue", Fact.ResetPressed), ("Installing", Fact.DiskWriteStarted), ("Joining", Fact.ConfigurationApplied) })
        {
            lab.StartController();
            await lab.EventuallyAsync($"{moment} before the kill", () => ledger.Count(Server, moment) == 1);
            // Its own record of the moment may or may not be durable when it dies: both must end well.
            lab.KillController();
            Assert.DoesNotContain(ledger.All(), entry => entry.Fact == Fact.TalosReady && phase != "Joining");
        }

        lab.StartController();
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");

        Assert.Equal(1, ledger.Count(Server, Fact.ResetPressed));
        Assert.Equal(1, ledger.Count(Server, Fact.RescueOrdered));
        Assert.Equal(1, ledger.Count(Server, Fact.RescueBooted));
        Assert.Equal(1, ledger.Count(Server, Fact.DiskWriteStarted));
        Assert.Equal(1, ledger.Count(Server, Fact.DiskWritten));
        Assert.Equal(1, ledger.Count(Server, Fact.ConfigurationApplied));
        Assert.Equal(0, ledger.Count(Server, Fact.DiskWiped));
    }

    [Fact]
    public async Task A_lost_journal_does_not_reinstall_a_running_node()
    {
        await using var lab = await TestLab.StartAsync(network: 202, servers: 1);
        await lab.ApplyDemoAsync(OneControlPlane);
        lab.StartController();
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
        lab.KillController();
        // The node goes on settling by itself after it has proven itself.
        await lab.EventuallyAsync("Talos is ready", () => lab.Datacenter.World.Ledger.Count(Server, Fact.TalosReady) == 1);
        var before = lab.Datacenter.World.Ledger.All().Count;

        lab.ForgetJournal();
        lab.StartController();
        await lab.EventuallyAsync("adopted", () => lab.Log.Any(line => line.Contains("Adopted", StringComparison.Ordinal)));
        await lab.EventuallyAsync("Provisioned again", () => lab.Log.Any(line => line.Contains("has proven itself", StringComparison.Ordinal)));

        Assert.Equal(before, lab.Datacenter.World.Ledger.All().Count);
    }

    internal static bool OneControlPlane(string document) =>
        !document.Contains("name: worker-", StringComparison.Ordinal)
        && !document.Contains("name: control-plane-2", StringComparison.Ordinal)
        && !document.Contains("name: control-plane-3", StringComparison.Ordinal)
        && !(document.Contains("kind: HetznerRobotHost\n", StringComparison.Ordinal) && !document.Contains("serverID: 2938101", StringComparison.Ordinal));
}
