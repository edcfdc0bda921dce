using Caphr.Lab.World;
using Xunit.Abstractions;

namespace Caphr.EndToEnd.Tests.Life;

/// <summary>
/// A cluster of three control planes and up to five workers, by kubectl alone: created, scaled, rolled with one spare server, struck, moved to another
/// management cluster and deleted. What was done to a server is asked of the world's own ledger.
/// </summary>
public sealed class FleetLifeTests(ITestOutputHelper output)
{
    private const string Workers = "deployment=workers";

    [Fact]
    public async Task A_cluster_lives_its_whole_life_and_leaves_every_server_wiped_or_explained()
    {
        await using var fleet = await FleetLab.StartAsync(output.WriteLine);

        await fleet.ApplyAsync();
        await fleet.RunningAsync(controlPlanes: 3, workers: 3);
        fleet.Say("created");
        Assert.All(fleet.InUse(), server => Assert.Equal((1, 1, 1), (fleet.Count(server, Fact.ResetPressed), fleet.Count(server, Fact.DiskWritten), fleet.Count(server, Fact.ConfigurationApplied))));

        await fleet.KubectlAsync("scale", "machinedeployment", "workers", "--replicas=5");
        await fleet.RunningAsync(controlPlanes: 3, workers: 5);
        fleet.Say("scaled to five workers");

        await fleet.KubectlAsync("patch", "machinedeployment", "workers", "--type=merge", "-p", """{"spec":{"template":{"spec":{"infrastructureRef":{"name":"workers-v2"}}}}}""");
        await fleet.EventuallyAsync("every worker runs the new Talos", async () => (await fleet.MachinesAsync()).Count(machine => machine.Spec.TalosVersion == "v1.13.0" && machine.Status.Phase == "Provisioned") == 5);
        await fleet.RunningAsync(controlPlanes: 3, workers: 5);
        fleet.Say("rolled to another version of Talos");

        await LoseAServerAsync(fleet);
        await LoseADiskAsync(fleet);
        await MoveAsync(fleet);

        await fleet.KubectlAsync("delete", "cluster", "fleet", "--wait=false");
        await fleet.EventuallyAsync("the cluster is gone", async () => (await fleet.KubectlAsync("get", "clusters,hetznerrobotclusters,hetznerrobotmachines,machines", "-o", "name")).Trim().Length == 0);
        await fleet.EventuallyAsync("every server is free or in quarantine", async () => (await fleet.HostsAsync()).All(host => host.Status.Phase is "Available" or "Quarantined" && host.Spec.ConsumerRef is null));
        foreach (var host in await fleet.HostsAsync())
        {
            fleet.Say($"{host.Metadata.Name}: {host.Status.Phase}. {host.Status.Message}");
            if (host.Status.Phase == "Available") Assert.True(fleet.Count(host.Spec.ServerID, Fact.DiskWritten) == 0 || host.Status.LastWipe is not null, $"{host.Metadata.Name} is offered without evidence of a wipe.");
            else Assert.Equal("SystemDiskMissing", host.Status.Conditions.Single(condition => condition.Type == "Ready").Reason);
        }

        Assert.Single(await fleet.HostsAsync(), host => host.Status.Phase == "Quarantined");
    }

    /// <summary>Nothing reaches it any more; a reset and a cable put right bring it back.</summary>
    private static async Task LoseAServerAsync(FleetLab fleet)
    {
        var lost = (await fleet.MachinesAsync(Workers))[0];
        var server = await fleet.ServerOfAsync(lost);
        var (resets, written) = (fleet.Count(server, Fact.ResetPressed), fleet.Count(server, Fact.DiskWritten));
        fleet.Break($"server {server} network-detached");

        await fleet.EventuallyAsync("a health check asks for a repair", async () => (await fleet.KubectlAsync("get", "hetznerrobotremediations", "-o", "name")).Trim().Length > 0);
        await fleet.EventuallyAsync("it is reset", () => Task.FromResult(fleet.Count(server, Fact.ResetPressed) == resets + 1));
        fleet.Heal($"server {server} network-detached");
        await fleet.EventuallyAsync("the repair is over", async () => (await fleet.KubectlAsync("get", "hetznerrobotremediations", "-o", "name")).Trim().Length == 0);
        await fleet.EventuallyAsync("the node is back", async () => (await fleet.MachineAsync(lost.Metadata.Name))?.Status.Phase == "Provisioned");
        fleet.Say($"lost server {server} and had it back");
        Assert.Equal((resets + 1, written), (fleet.Count(server, Fact.ResetPressed), fleet.Count(server, Fact.DiskWritten)));
    }

    /// <summary>The disk that a node runs from is exchanged. Nothing on the server is ours any more, and the Machine is replaced.</summary>
    private static async Task LoseADiskAsync(FleetLab fleet)
    {
        var struck = (await fleet.MachinesAsync(Workers))[0];
        var server = await fleet.ServerOfAsync(struck);
        fleet.Break($"server {server} disk-swapped");
        fleet.World[server].PressReset(ResetKind.Hardware);
        await fleet.KubectlAsync("delete", "machine", FleetLab.OwnerOf(struck), "--wait=false");

        await fleet.EventuallyAsync("the server is in quarantine", async () => (await fleet.HostsAsync()).Any(host => host.Spec.ServerID == server && host.Status.Phase == "Quarantined"));
        await fleet.RunningAsync(controlPlanes: 3, workers: 5);
        fleet.Say($"replaced the Machine on server {server}, whose disk was exchanged");
        Assert.DoesNotContain(fleet.Ledger(server).SkipWhile(entry => entry.Fact != Fact.HardwareReplaced), entry => entry.Fact is Fact.DiskWritten or Fact.DiskWriteStarted or Fact.DiskWiped);
    }

    private static async Task MoveAsync(FleetLab fleet)
    {
        var before = fleet.Servers.ToDictionary(server => server, server => (fleet.Count(server, Fact.ResetPressed), fleet.Count(server, Fact.DiskWritten), fleet.Count(server, Fact.DiskWiped), fleet.Count(server, Fact.RescueOrdered)));

        await fleet.MoveAsync();

        await fleet.EventuallyAsync("all nodes are taken over", async () => (await fleet.MachinesAsync()).Count(machine => machine.Status.Phase == "Provisioned") == 8);
        fleet.Say("moved to another management cluster");
        Assert.All(before, server => Assert.Equal(
            server.Value,
            (fleet.Count(server.Key, Fact.ResetPressed), fleet.Count(server.Key, Fact.DiskWritten), fleet.Count(server.Key, Fact.DiskWiped), fleet.Count(server.Key, Fact.RescueOrdered))));
    }
}
