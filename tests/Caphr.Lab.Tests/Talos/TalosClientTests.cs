using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Tests.Talos;

/// <summary>The client against the Lab's nodes, in every mode they have.</summary>
public sealed class TalosClientTests
{
    [Fact]
    public async Task A_server_without_Talos_is_not_listening_but_its_host_answers()
    {
        await using var lab = await TalosLab.StartAsync(150);

        Assert.Equal(new TalosPresence.NotListening(HostAnswers: true), await lab.ProbeAsync());
    }

    [Theory]
    [InlineData("v1.12.4")]
    [InlineData("v1.13.9")]
    public async Task Maintenance_is_recognised_with_its_version_by_a_single_connection(string version)
    {
        await using var lab = await TalosLab.StartAsync(151);
        await lab.BootAsync(version);

        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());

        Assert.Equal(TalosVersion.Parse(version), maintenance.Version);
        Assert.Equal(maintenance, await lab.ProbeAsync());
    }

    [Fact]
    public async Task A_new_boot_into_maintenance_has_a_new_pin()
    {
        await using var lab = await TalosLab.StartAsync(152);
        await lab.BootAsync("v1.12.4");
        var first = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        await lab.BootAsync("v1.12.4");

        Assert.NotEqual(first.Pin, Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync()).Pin);
    }

    [Theory]
    [InlineData("v1.11.6")]
    [InlineData("v1.12.4")]
    [InlineData("v1.13.9")]
    [InlineData("v1.14.0-rc.1")]
    public async Task An_applied_configuration_secures_the_node_under_the_clusters_CA(string version)
    {
        await using var lab = await TalosLab.StartAsync(153);
        var known = await lab.ConfigureAsync(version);

        Assert.Equal(new TalosPresence.Secured(known), await lab.ProbeAsync());
        Assert.Equal(1, lab.World.Ledger.Count(lab.Server.Number, Fact.ConfigurationApplied));
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_foreign()
    {
        await using var lab = await TalosLab.StartAsync(154);
        await lab.ConfigureAsync("v1.13.9");
        using var other = new LabTalosCluster("other", new Uri("https://127.0.0.1:6443"), lab.Clock, new Random(2));

        Assert.Equal(new TalosPresence.Foreign(ForeignPeer.AnotherCluster), await lab.ProbeAsync(lab.IdentityOf(other)));
    }

    [Fact]
    public async Task A_secured_client_of_another_cluster_refuses_the_node()
    {
        await using var lab = await TalosLab.StartAsync(155);
        await lab.ConfigureAsync("v1.13.9");
        using var other = new LabTalosCluster("other", new Uri("https://127.0.0.1:6443"), lab.Clock, new Random(2));
        using var client = TalosClient.Secured(lab.Node, lab.IdentityOf(other), lab.Clock);

        var failure = (await client.ReadVersionAsync(CancellationToken.None)).Failure;

        Assert.Equal(TalosError.ForeignCertificate, failure?.Error);
        Assert.Equal(RetryClass.NeedsHuman, failure?.Retry);
    }

    [Fact]
    public async Task A_wrong_pin_sends_nothing()
    {
        await using var lab = await TalosLab.StartAsync(156);
        await lab.BootAsync("v1.12.4");
        using var client = TalosClient.InMaintenance(lab.Node, new SpkiPin("bm90IHRoaXMga2V5"), lab.Clock);
        var version = TalosVersion.Parse("v1.12.4");

        var outcome = await client.ApplyConfigurationAsync(lab.Configuration(version), version, CancellationToken.None);

        Assert.Equal(TalosError.PinMismatch, outcome.Failure?.Error);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.ConfigurationApplied));
    }

    [Fact]
    public async Task A_configuration_without_an_install_disk_is_refused_up_to_1_12_in_Talos_own_words()
    {
        await using var lab = await TalosLab.StartAsync(157);
        await lab.BootAsync("v1.12.4");
        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);
        var bare = lab.Cluster.MachineConfiguration(LabMachineRole.Worker, maintenance.Version);

        var failure = (await client.ApplyConfigurationAsync(bare, maintenance.Version, CancellationToken.None)).Failure;

        Assert.Equal(TalosError.ConfigurationInvalid, failure?.Error);
        Assert.Contains("install instructions are required in \"metal\" mode", failure?.Detail, StringComparison.Ordinal);
        Assert.IsType<RunningSystem.TalosMaintenance>(lab.Server.Running);
    }

    [Fact]
    public async Task A_refusal_that_quotes_the_configuration_arrives_without_its_secrets()
    {
        await using var lab = await TalosLab.StartAsync(158);
        await lab.BootAsync("v1.13.9");
        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);
        var slip = lab.Configuration(maintenance.Version).Replace("type: worker", "type: hunter2-hunter2", StringComparison.Ordinal);

        var failure = (await client.ApplyConfigurationAsync(slip, maintenance.Version, CancellationToken.None)).Failure;

        Assert.Contains("unknown machine type", failure?.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_may_watch_and_may_not_configure()
    {
        await using var lab = await TalosLab.StartAsync(159);
        var version = await lab.ConfigureAsync("v1.13.9");
        using var reader = TalosClient.Secured(lab.Node, lab.Identity(TalosRole.Reader), lab.Clock);

        Assert.Equal(version, (await reader.ReadVersionAsync(CancellationToken.None)).Value);
        var failure = (await reader.ApplyConfigurationAsync(lab.Configuration(version), version, CancellationToken.None)).Failure;

        Assert.Equal(TalosError.NotAuthorized, failure?.Error);
    }

    [Fact]
    public async Task An_expired_client_certificate_is_turned_away()
    {
        await using var lab = await TalosLab.StartAsync(160);
        await lab.ConfigureAsync("v1.13.9");
        using var old = TalosClientCertificate.Mint(lab.Cluster.Authority, TalosRole.Admin, TimeSpan.FromSeconds(-1), lab.Clock.GetUtcNow());
        using var client = TalosClient.Secured(lab.Node, new TalosIdentity(lab.Cluster.Authority.Certificate, old), lab.Clock);

        Assert.False((await client.ReadVersionAsync(CancellationToken.None)).Succeeded);
    }

    [Fact]
    public async Task A_watch_in_maintenance_says_ready_and_ends_when_the_node_is_configured()
    {
        await using var lab = await TalosLab.StartAsync(161);
        await lab.BootAsync("v1.12.4");
        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);

        await using var watch = client.WatchMachineStatusAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        var first = watch.Current.Value;
        var applied = await client.ApplyConfigurationAsync(lab.Configuration(maintenance.Version), maintenance.Version, CancellationToken.None);
        Assert.True(applied.Succeeded, applied.Failure?.ToString());
        Assert.True(await watch.MoveNextAsync());
        var last = watch.Current;

        Assert.Equal((MachineStage.Maintenance, true), (first.Stage, first.Ready));
        Assert.False(first.IsRunningAndReady);
        Assert.Equal(TalosError.ConnectionLost, last.Failure?.Error);
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task A_secured_watch_follows_the_node_from_booting_to_running_and_ready()
    {
        await using var lab = await TalosLab.StartAsync(162);
        await lab.ConfigureAsync("v1.13.9");
        using var client = TalosClient.Secured(lab.Node, lab.Identity(TalosRole.Reader), lab.Clock);

        var seen = new List<MachineStatus>();
        await foreach (var status in client.WatchMachineStatusAsync(CancellationToken.None))
        {
            seen.Add(status.Value);
            if (status.Value.IsRunningAndReady) break;
        }

        Assert.Equal(MachineStage.Running, seen[^1].Stage);
        Assert.All(seen.SkipLast(1), status => Assert.Equal((MachineStage.Booting, "nodeReady"), (status.Stage, status.UnmetConditions[0].Name)));
    }

    [Fact]
    public async Task A_reset_cuts_the_watch_and_the_node_stops_listening()
    {
        await using var lab = await TalosLab.StartAsync(163);
        await lab.ConfigureAsync("v1.13.9");
        using var client = TalosClient.Secured(lab.Node, lab.Identity(TalosRole.Reader), lab.Clock);
        await using var watch = client.WatchMachineStatusAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        lab.Server.PressReset(ResetKind.PowerLong);
        while (watch.Current.Succeeded) Assert.True(await watch.MoveNextAsync());

        Assert.Equal(TalosError.ConnectionLost, watch.Current.Failure?.Error);
        Assert.IsType<TalosPresence.NotListening>(await lab.ProbeAsync());
    }

    [Fact]
    public async Task Cancelling_a_watch_ends_it_by_exception()
    {
        await using var lab = await TalosLab.StartAsync(164);
        await lab.BootAsync("v1.13.9");
        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var client = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);
        using var enough = new CancellationTokenSource();
        await using var watch = client.WatchMachineStatusAsync(enough.Token).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        var next = watch.MoveNextAsync();
        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }
}
