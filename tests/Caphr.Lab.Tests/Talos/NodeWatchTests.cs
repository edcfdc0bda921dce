using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Tests.Talos;

public sealed class NodeWatchTests
{
    private static readonly ReconnectDelay s_pause = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50));

    [Theory]
    [InlineData("v1.12.4", 213)]
    [InlineData("v1.14.0", 214)]
    public async Task A_node_is_followed_from_nothing_through_maintenance_to_secured_and_ready(string version, byte network)
    {
        // It boots for five seconds, in which the watch has to find it again.
        await using var lab = await TalosLab.StartAsync(network, speed: 10);
        var watch = new NodeWatch(lab.Node, s_pause, lab.Clock, new Random(1));
        var seen = new List<NodeSighting>();

        await foreach (var sighting in watch.FollowAsync(lab.Identity(TalosRole.Reader), CancellationToken.None))
        {
            seen.Add(sighting);
            if (seen.Count == 1) await lab.BootAsync(version);
            if (sighting is NodeSighting.Told { Presence: TalosPresence.Maintenance maintenance }) await ApplyAsync(lab, maintenance);
            if (sighting is NodeSighting.Told { Status.IsRunningAndReady: true }) break;
        }

        Assert.Equal(new NodeSighting.Answered(new TalosPresence.NotListening(HostAnswers: true)), seen[0]);
        Assert.Equal([MachineStage.Maintenance, MachineStage.Booting, MachineStage.Running], seen.OfType<NodeSighting.Told>().Select(told => told.Status.Stage).Distinct());
        Assert.Contains(seen, sighting => sighting is NodeSighting.Lost { Failure.Error: TalosError.ConnectionLost });
        Assert.Equal(new TalosPresence.Secured(TalosVersion.Parse(version)), Assert.IsType<NodeSighting.Told>(seen[^1]).Presence);
    }

    [Fact]
    public async Task A_watch_ends_when_its_certificate_is_of_no_use_for_another_connection()
    {
        await using var lab = await TalosLab.StartAsync(215);
        await lab.BringUpAsync("v1.13.9", lab.Server);
        using var old = TalosClientCertificate.Mint(lab.Cluster.Authority, TalosRole.Reader, TimeSpan.FromSeconds(-1), lab.Clock.GetUtcNow());
        var watch = new NodeWatch(lab.Node, s_pause, lab.Clock, new Random(1));

        Assert.Empty(await watch.FollowAsync(new TalosIdentity(lab.Cluster.Authority.Certificate, old), CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_cut_watch_stands_again_by_itself()
    {
        await using var lab = await TalosLab.StartAsync(216);
        await lab.BringUpAsync("v1.13.9", lab.Server);
        lab.Faults.Inject(lab.Server, TalosFault.WatchCut);
        var watch = new NodeWatch(lab.Node, s_pause, lab.Clock, new Random(1));

        var losses = 0;
        await foreach (var sighting in watch.FollowAsync(lab.Identity(TalosRole.Reader), CancellationToken.None))
        {
            if (sighting is NodeSighting.Lost && ++losses == 3) lab.Faults.Heal(lab.Server, TalosFault.WatchCut);
            if (losses >= 3 && sighting is NodeSighting.Told { Status.IsRunningAndReady: true }) break;
        }

        Assert.Equal(3, losses);
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_looked_at_and_not_watched()
    {
        await using var lab = await TalosLab.StartAsync(217);
        await lab.BringUpAsync("v1.13.9", lab.Server);
        using var other = new LabTalosCluster("other", new Uri("https://127.0.0.1:6443"), lab.Clock, new Random(2));
        var watch = new NodeWatch(lab.Node, s_pause, lab.Clock, new Random(1));

        var seen = await watch.FollowAsync(lab.IdentityOf(other), CancellationToken.None).Take(3).ToListAsync();

        Assert.All(seen, sighting => Assert.Equal(new NodeSighting.Answered(new TalosPresence.Foreign(ForeignPeer.AnotherCluster)), sighting));
    }

    private static async Task ApplyAsync(TalosLab lab, TalosPresence.Maintenance maintenance)
    {
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);
        var applied = await client.ApplyConfigurationAsync(lab.Configuration(maintenance.Version), maintenance.Version, CancellationToken.None);
        Assert.True(applied.Succeeded, applied.Failure?.ToString());
    }
}
