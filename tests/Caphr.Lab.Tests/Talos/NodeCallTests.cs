using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Rules;

namespace Caphr.Lab.Tests.Talos;

/// <summary>What can be done to a node over its API, seen from the API and from the server it runs on.</summary>
public sealed class NodeCallTests
{
    [Theory]
    [InlineData("v1.12.4")]
    [InlineData("v1.13.9")]
    [InlineData("v1.14.0")]
    public async Task Nothing_that_ends_a_node_is_sent_to_one_in_maintenance(string version)
    {
        await using var lab = await TalosLab.StartAsync(182);
        using var client = await lab.InMaintenanceAsync(version);
        var machine = client.Machine(TalosVersion.Parse(version));

        Assert.Equal(TalosError.NotInThisMode, (await machine.RebootAsync(RebootMode.PowerCycle, CancellationToken.None)).Failure?.Error);
        Assert.Equal(TalosError.NotInThisMode, (await machine.ResetAsync(ResetOrder.Configuration, CancellationToken.None)).Failure?.Error);
        Assert.Equal(TalosError.NotInThisMode, (await machine.UpgradeAsync("installer:v1.14.1", CancellationToken.None)).Failure?.Error);
        Assert.Equal(TalosError.NotInThisMode, (await machine.WriteMetaAsync(12, "a"u8.ToArray(), CancellationToken.None)).Failure?.Error);
        Assert.Equal(RetryClass.Never, (await client.Etcd(TalosVersion.Parse(version)).LeaveAsync(CancellationToken.None)).Failure?.Retry);
        Assert.IsType<RunningSystem.TalosMaintenance>(lab.Server.Running);
    }

    [Fact]
    public async Task A_default_reboot_goes_past_a_rescue_order_and_a_power_cycle_honours_it()
    {
        await using var lab = await TalosLab.StartAsync(183);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        lab.Server.OrderRescue("secret", [], []);
        using var client = lab.Secured(lab.Server, TalosRole.Operator);

        await RebootAsync<RunningSystem.TalosConfigured>(RebootMode.Default, running => running is { BootId: 2, Ready: true });
        Assert.NotNull(lab.Server.PendingRescue);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.RescueBooted));

        await RebootAsync<RunningSystem.Rescue>(RebootMode.PowerCycle);
        Assert.Null(lab.Server.PendingRescue);

        async Task RebootAsync<T>(RebootMode mode, Func<T, bool>? condition = null)
            where T : RunningSystem
        {
            Task<Outcome<Done, TalosFailure>>? asked = null;
            await lab.ReachAsync(() => asked = client.Machine(version).RebootAsync(mode, CancellationToken.None), condition);
            Assert.True((await asked!).Succeeded);
        }
    }

    [Fact]
    public async Task A_reset_of_STATE_leads_back_to_maintenance_with_META_as_it_was()
    {
        await using var lab = await TalosLab.StartAsync(184);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server);
        Assert.True((await client.Machine(version).WriteMetaAsync(0x0c, "attempt-7"u8.ToArray(), CancellationToken.None)).Succeeded);

        Assert.True((await client.Machine(version).ResetAsync(ResetOrder.Configuration, CancellationToken.None)).Succeeded);
        await lab.ReachAsync<RunningSystem.TalosMaintenance>(() => { });

        var maintenance = Assert.IsType<TalosPresence.Maintenance>(await lab.ProbeAsync());
        using var stranger = TalosClient.InMaintenance(lab.Node, maintenance.Pin, lab.Clock);
        Assert.Equal("attempt-7", (await stranger.State.GetAsync(TalosResource.MetaKey(0x0c), CancellationToken.None)).Value.Value);
        Assert.Equal(TalosError.NotFound, (await stranger.State.GetAsync(TalosResource.MetaKey(0x0d), CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task A_reset_of_everything_leaves_nothing_to_boot()
    {
        await using var lab = await TalosLab.StartAsync(185);
        var version = await lab.BringUpAsync("v1.12.4", lab.Server);
        using var client = lab.Secured(lab.Server);

        Assert.True((await client.Machine(version).ResetAsync(new ResetOrder(), CancellationToken.None)).Succeeded);
        await lab.ReachAsync<RunningSystem.Stuck>(() => { });

        Assert.Equal(1, lab.World.Ledger.Count(lab.Server.Number, Fact.TalosReset));
    }

    [Fact]
    public async Task An_upgrade_comes_up_as_the_version_of_its_image_with_the_same_configuration()
    {
        await using var lab = await TalosLab.StartAsync(186);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server);

        Assert.Equal(TalosError.NodeFailed, (await client.Machine(version).UpgradeAsync("installer:latest", CancellationToken.None)).Failure?.Error);
        Assert.True((await client.Machine(version).UpgradeAsync("factory.talos.dev/metal-installer/376567:v1.14.0", CancellationToken.None)).Succeeded);
        await lab.ReachAsync<RunningSystem.TalosConfigured>(() => { }, running => running is { BootId: 2, Ready: true });

        Assert.Equal(new TalosPresence.Secured(TalosVersion.Parse("v1.14.0")), await lab.ProbeAsync());
    }

    [Fact]
    public async Task Services_and_disks_are_listed()
    {
        await using var lab = await TalosLab.StartAsync(187);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server, TalosRole.Reader);

        var services = (await client.Machine(version).ListServicesAsync(CancellationToken.None)).Value;
        var disks = (await client.Storage.ListDisksAsync(CancellationToken.None)).Value;
        var systemDisk = (await client.State.GetAsync(TalosResource.SystemDisk, CancellationToken.None)).Value;

        Assert.Contains(new TalosService("kubelet", "Running", Healthy: true), services);
        Assert.DoesNotContain(services, service => service.Id == "etcd");
        Assert.Equal(lab.Server.Description.Disks.Select(disk => disk.Serial), disks.Select(disk => disk.Serial));
        Assert.Equal([true, false], disks.Select(disk => disk.IsSystemDisk));
        Assert.Equal(disks[0].DeviceName, systemDisk.DevPath);
    }

    [Fact]
    public async Task The_state_lists_a_kind_by_id()
    {
        await using var lab = await TalosLab.StartAsync(188);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server);
        foreach (byte tag in new byte[] { 0x0c, 0x0e }) await client.Machine(version).WriteMetaAsync(tag, new byte[] { tag }, CancellationToken.None);

        var metas = (await client.State.ListAsync(TalosResource.MetaKey(0), CancellationToken.None)).Value;

        Assert.Equal(["0x0c", "0x0e"], metas.Keys.Order());
    }

    [Fact]
    public async Task A_member_leaves_etcd_and_a_lost_one_is_removed_by_its_id_but_the_last_one_stays()
    {
        await using var lab = await TalosLab.StartAsync(189, servers: 3);
        TalosVersion version = default;
        foreach (var server in lab.World.Servers) version = await lab.BringUpAsync("v1.13.9", server, LabMachineRole.ControlPlane);
        using var first = lab.Secured(lab.World.Servers[0]);
        using var second = lab.Secured(lab.World.Servers[1]);
        var members = (await first.Etcd(version).ListMembersAsync(CancellationToken.None)).Value;
        Assert.Equal(3, members.Count);
        Assert.Equal(members[0].Id, (await second.Etcd(version).ReadStatusAsync(CancellationToken.None)).Value.LeaderId);

        Assert.True((await second.Etcd(version).LeaveAsync(CancellationToken.None)).Succeeded);
        lab.World.Servers[2].PressReset(ResetKind.PowerLong);
        Assert.Equal([members[0].Id, members[2].Id], (await first.Etcd(version).ListMembersAsync(CancellationToken.None)).Value.Select(member => member.Id));
        Assert.True((await first.Etcd(version).RemoveAsync(members[2].Id, CancellationToken.None)).Succeeded);

        Assert.Equal(TalosError.NotFound, (await first.Etcd(version).RemoveAsync(members[2].Id, CancellationToken.None)).Failure?.Error);
        Assert.Equal(TalosError.NotReady, (await first.Etcd(version).LeaveAsync(CancellationToken.None)).Failure?.Error);
        Assert.Single((await first.Etcd(version).ListMembersAsync(CancellationToken.None)).Value);
    }

    [Fact]
    public async Task A_worker_has_no_etcd()
    {
        await using var lab = await TalosLab.StartAsync(190);
        var version = await lab.BringUpAsync("v1.13.9", lab.Server);
        using var client = lab.Secured(lab.Server);

        Assert.Equal(TalosError.NotReady, (await client.Etcd(version).ListMembersAsync(CancellationToken.None)).Failure?.Error);
    }
}
