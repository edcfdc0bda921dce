using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Talos;

namespace Caphr.Lab.Tests.Talos;

/// <summary>Whom the client refuses to talk to, and what it has not said by then.</summary>
public sealed class TrustTests
{
    [Fact]
    public async Task A_node_that_booted_again_between_probe_and_apply_gets_no_configuration()
    {
        await using var lab = await TalosLab.StartAsync(191);
        using var client = await lab.InMaintenanceAsync("v1.13.9");
        await lab.ReachAsync<RunningSystem.TalosMaintenance>(() => lab.Server.RebootInBand(kexec: true), running => running.BootId == 2);
        var version = TalosVersion.Parse("v1.13.9");

        var outcome = await client.ApplyConfigurationAsync(lab.Configuration(version), version, CancellationToken.None);

        Assert.Equal(TalosError.PinMismatch, outcome.Failure?.Error);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.ConfigurationApplied));
    }

    [Fact]
    public async Task A_secured_client_refuses_a_node_in_maintenance()
    {
        await using var lab = await TalosLab.StartAsync(192);
        await lab.BootAsync("v1.13.9");
        using var client = lab.Secured(lab.Server);

        Assert.Equal(TalosError.ForeignCertificate, (await client.ReadVersionAsync(CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_nodes_certificate_that_has_expired_is_refused()
    {
        await using var lab = await TalosLab.StartAsync(193);
        await lab.ConfigureAsync("v1.13.9");
        using var client = TalosClient.Secured(lab.Node, lab.Identity(), new Ahead(lab.Clock, TimeSpan.FromHours(25)));

        Assert.Equal(TalosError.ForeignCertificate, (await client.ReadVersionAsync(CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task The_certificate_of_one_cluster_is_not_shown_to_a_node_of_another()
    {
        await using var lab = await TalosLab.StartAsync(194);
        await lab.ConfigureAsync("v1.13.9");
        using var other = new LabTalosCluster("other", new Uri("https://127.0.0.1:6443"), lab.Clock, new Random(3));

        // Were it shown, the node would refuse it and the probe could not tell who asked; not shown, the node asks and is told nothing.
        Assert.Equal(new TalosPresence.Foreign(ForeignPeer.AnotherCluster), await lab.ProbeAsync(lab.IdentityOf(other)));
        Assert.IsType<TalosPresence.Secured>(await lab.ProbeAsync());
    }

    private sealed class Ahead(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + by;
    }
}
