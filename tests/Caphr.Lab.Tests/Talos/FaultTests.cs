using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;

namespace Caphr.Lab.Tests.Talos;

/// <summary>Every fault a node can be given, seen from outside; and where it matters, that the node without it behaves.</summary>
public sealed class FaultTests
{
    private const string Release = "v1.13.9";

    [Fact]
    public async Task A_stale_Talos_answers_as_a_node_of_another_cluster()
    {
        await using var lab = await TalosLab.StartAsync(221);
        Assert.True(FaultText.Read($"server {lab.Server.Number} stale-talos").TryGet(out var planned, out _));
        Assert.Null(lab.World.Faults.Plan(planned));

        await lab.ReachAsync<RunningSystem.TalosConfigured>(() => lab.Server.PressReset(ResetKind.Hardware), running => running.Ready);

        Assert.Equal(new TalosPresence.Foreign(ForeignPeer.AnotherCluster), await lab.ProbeAsync());
    }

    [Fact]
    public async Task A_certificate_without_the_address_is_accepted_for_its_chain()
    {
        await using var lab = await TalosLab.StartAsync(195);
        lab.Faults.Inject(lab.Server, TalosFault.CertificateWithoutAddress);
        var version = await lab.BringUpAsync(Release, lab.Server);
        X509Certificate2? shown = null;
        using var identity = TalosClientCertificate.Mint(lab.Cluster.Authority, TalosRole.Reader, TimeSpan.FromHours(1), lab.Clock.GetUtcNow());
        using var channel = new GrpcChannel(
            lab.Node,
            new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, peer, _, _) =>
                {
                    shown = peer is null ? null : X509CertificateLoader.LoadCertificate(peer.GetRawCertData());
                    return shown is not null;
                },
                ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true),
            },
            lab.Clock);
        Assert.True((await channel.CallAsync(TalosMethods.Version, new Protocols.Talos.Wire.Common.Empty(), TimeSpan.FromSeconds(15), CancellationToken.None)).Succeeded);

        Assert.False(shown!.MatchesHostname(lab.Server.Address.ToString()));
        Assert.Equal(new TalosPresence.Secured(version), await lab.ProbeAsync());
        shown.Dispose();
    }

    [Fact]
    public async Task A_watch_is_cut_as_soon_as_it_stands()
    {
        await using var lab = await TalosLab.StartAsync(196);
        using var client = await lab.InMaintenanceAsync(Release);
        lab.Faults.Inject(lab.Server, TalosFault.WatchCut);

        var heard = await client.WatchMachineStatusAsync(CancellationToken.None).ToListAsync();

        // The reset may overtake the first contents.
        Assert.Equal(TalosError.ConnectionLost, heard[^1].Failure?.Error);
        Assert.InRange(heard.Count, 1, 2);
    }

    [Fact]
    public async Task A_configuration_is_taken_with_OK_and_nothing_comes_of_it()
    {
        await using var lab = await TalosLab.StartAsync(197);
        using var client = await lab.InMaintenanceAsync(Release);
        lab.Faults.Inject(lab.Server, TalosFault.ApplyWithoutEffect);

        Assert.True((await ApplyAsync(lab, client)).Succeeded);

        Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.ConfigurationApplied));
    }

    [Fact]
    public async Task Another_configuration_is_being_applied_until_the_fault_is_healed()
    {
        await using var lab = await TalosLab.StartAsync(198);
        using var client = await lab.InMaintenanceAsync(Release);
        lab.Faults.Inject(lab.Server, TalosFault.ApplyBusy);

        Assert.Equal(new TalosFailure(TalosError.ApplyInProgress, "another apply configuration is already in progress"), (await ApplyAsync(lab, client)).Failure);
        lab.Faults.Heal(lab.Server, TalosFault.ApplyBusy);

        Assert.True((await ApplyAsync(lab, client)).Succeeded);
    }

    [Fact]
    public async Task Talos_sees_other_disks_than_the_rescue_system_did()
    {
        await using var lab = await TalosLab.StartAsync(199);
        using var client = await lab.InMaintenanceAsync(Release);
        lab.Faults.Inject(lab.Server, TalosFault.OtherDisks);

        var serials = (await client.Storage.ListDisksAsync(CancellationToken.None)).Value.Select(disk => disk.Serial);

        Assert.Empty(serials.Intersect(lab.Server.Description.Disks.Select(disk => disk.Serial)));
    }

    [Fact]
    public async Task A_stale_META_on_an_earlier_disk_is_taken_for_the_system()
    {
        await using var lab = await TalosLab.StartAsync(200);
        lab.Server.EndDiskWrite(lab.Server.Description.Disks[1], new DiskContent.Talos(Release, MachineConfiguration: null), "talos");
        lab.Faults.Inject(lab.Server, TalosFault.StaleMeta);
        await lab.ReachAsync<RunningSystem.TalosMaintenance>(() => lab.Server.RebootInBand(kexec: true));

        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);

        Assert.NotEqual(TalosVersion.Parse(Release), maintenance.Version);
        Assert.Equal(lab.Server.Description.Disks[0].Name, (await client.State.GetAsync(TalosResource.SystemDisk, CancellationToken.None)).Value.DiskId);
    }

    [Fact]
    public async Task A_node_drifts_from_its_hostname()
    {
        await using var lab = await TalosLab.StartAsync(201, servers: 2);
        foreach (var server in lab.World.Servers) await lab.BringUpAsync(Release, server);
        lab.Faults.Inject(lab.World.Servers[1], TalosFault.HostnameDrift);
        await lab.BringUpAsync(Release, lab.World.Servers[1]);

        Assert.Equal([$"talos-{lab.Server.Description.SystemUuid[..6]}", "localhost"], new[] { await NameAsync(lab.Server), await NameAsync(lab.World.Servers[1]) });

        async Task<string> NameAsync(LabServer server)
        {
            using var client = lab.Secured(server, TalosRole.Reader);
            return (await client.State.GetAsync(TalosResource.Hostname, CancellationToken.None)).Value.Hostname;
        }
    }

    [Fact]
    public async Task A_node_that_moved_is_not_at_the_address_that_is_known()
    {
        await using var lab = await TalosLab.StartAsync(202);
        lab.Faults.Inject(lab.Server, TalosFault.AddressMoved);
        await lab.BringUpAsync(Release, lab.Server);

        Assert.IsType<TalosPresence.NotListening>(await lab.ProbeAsync());
    }

    [Fact]
    public async Task A_node_whose_clock_is_behind_does_not_take_our_certificate_yet()
    {
        await using var lab = await TalosLab.StartAsync(203);
        lab.Faults.Inject(lab.Server, TalosFault.ClockBehind);
        await lab.BringUpAsync(Release, lab.Server);
        using var client = lab.Secured(lab.Server);

        Assert.Equal(TalosError.ConnectionLost, (await client.ReadVersionAsync(CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_node_without_a_time_source_stays_booting_and_says_so()
    {
        await using var lab = await TalosLab.StartAsync(204);
        lab.Faults.Inject(lab.Server, TalosFault.TimeNotInSync);
        await lab.BringUpAsync(Release, lab.Server);
        using var client = lab.Secured(lab.Server);

        var status = (await client.WatchMachineStatusAsync(CancellationToken.None).FirstAsync()).Value;

        Assert.Equal((MachineStage.Booting, "time is not in sync yet"), (status.Stage, Assert.Single(status.UnmetConditions).Reason));
        Assert.False(status.IsRunningAndReady);
    }

    [Fact]
    public async Task A_node_that_lost_its_STATE_comes_back_in_maintenance()
    {
        await using var lab = await TalosLab.StartAsync(205);
        var version = await lab.BringUpAsync(Release, lab.Server);
        lab.Faults.Inject(lab.Server, TalosFault.StateLost);
        Assert.IsType<TalosPresence.Secured>(await lab.ProbeAsync());
        using var client = lab.Secured(lab.Server, TalosRole.Operator);

        Assert.True((await client.Machine(version).RebootAsync(RebootMode.Default, CancellationToken.None)).Succeeded);
        await lab.ReachAsync<RunningSystem.TalosMaintenance>(() => { });

        Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
    }

    [Fact]
    public async Task Without_kexec_a_default_reboot_does_honour_a_rescue_order()
    {
        await using var lab = await TalosLab.StartAsync(206);
        var version = await lab.BringUpAsync(Release, lab.Server);
        lab.Faults.Inject(lab.Server, TalosFault.KexecUnavailable);
        lab.Server.OrderRescue("secret", [], []);
        using var client = lab.Secured(lab.Server, TalosRole.Operator);

        Assert.True((await client.Machine(version).RebootAsync(RebootMode.Default, CancellationToken.None)).Succeeded);

        await lab.ReachAsync<RunningSystem.Rescue>(() => { });
    }

    [Fact]
    public void Every_fault_has_a_test_here()
    {
        var source = File.ReadAllText(SourceOf());
        Assert.All(Enum.GetNames<TalosFault>(), fault => Assert.Contains($"TalosFault.{fault})", source, StringComparison.Ordinal));

        static string SourceOf([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;
    }

    private static Task<Protocols.Outcome<ConfigurationApplied, TalosFailure>> ApplyAsync(TalosLab lab, TalosClient client) =>
        client.ApplyConfigurationAsync(lab.Configuration(TalosVersion.Parse(Release)), TalosVersion.Parse(Release), CancellationToken.None);
}
