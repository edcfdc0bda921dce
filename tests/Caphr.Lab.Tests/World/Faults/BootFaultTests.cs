using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;
using Caphr.Protocols.Robot;

namespace Caphr.Lab.Tests.World.Faults;

/// <summary>What goes wrong between a button and a running system, seen over HTTP and SSH.</summary>
public sealed class BootFaultTests
{
    [Fact]
    public async Task A_rescue_system_never_boots_although_its_order_was_taken()
    {
        await using var lab = await ServerLab.StartAsync(100);
        lab.Break("rescue-never-boots");

        await lab.OrderAndResetAsync();
        Assert.False(await lab.IsOrderedAsync());
        Assert.False(lab.Listens);

        lab.Heal(ServerFault.RescueNeverBoots);
        await using var session = await lab.EnterRescueAsync();
        Assert.True((await session.ProveAsync(default)).Succeeded);
    }

    [Fact]
    public async Task A_rescue_boot_that_fails_uses_the_order_up_and_ends_in_the_old_system_once()
    {
        await using var lab = await ServerLab.StartAsync(101);
        lab.Break("old-system-on-disk");
        lab.Break("rescue-boot-fails");

        await lab.OrderAndResetAsync();
        Assert.False(await lab.IsOrderedAsync());
        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);

        await lab.OrderAndResetAsync();
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }

    [Fact]
    public async Task A_network_boot_that_is_skipped_leaves_the_order_and_the_old_system()
    {
        await using var lab = await ServerLab.StartAsync(102);
        lab.Break("old-system-on-disk");
        lab.Break("network-boot-skipped");

        await lab.OrderAndResetAsync();
        Assert.True(await lab.IsOrderedAsync());
        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);

        lab.Heal(ServerFault.NetworkBootSkipped);
        await lab.ResetAsync();
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }

    [Fact]
    public async Task A_foreign_system_answers_where_rescue_was_ordered()
    {
        await using var lab = await ServerLab.StartAsync(103);
        lab.Break("foreign-system");

        await lab.OrderAndResetAsync();

        Assert.False(await lab.IsOrderedAsync());
        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);
        Assert.IsType<RunningSystem.Linux>(lab.Server.Running);
    }

    [Fact]
    public async Task A_rescue_system_can_know_other_keys_than_those_ordered()
    {
        await using var lab = await ServerLab.StartAsync(104);
        lab.Break("old-keys");

        await lab.OrderAndResetAsync();

        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);
        Assert.IsType<RunningSystem.Rescue>(lab.Server.Running);
    }

    [Fact]
    public async Task A_self_test_that_hangs_never_asks_the_network()
    {
        await using var lab = await ServerLab.StartAsync(105);
        lab.Break("self-test-hangs");

        await lab.OrderAndResetAsync();
        Assert.False(lab.Listens);
        Assert.True(await lab.IsOrderedAsync());

        lab.Heal(ServerFault.SelfTestHangs);
        await lab.ResetAsync();
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }

    [Fact]
    public async Task A_boot_entry_of_a_disk_that_was_wiped_hangs_the_firmware()
    {
        await using var lab = await ServerLab.StartAsync(106);
        lab.Break("dead-entry-hangs");
        await using (var session = await lab.EnterRescueAsync())
        {
            await lab.InstallAsync(session, lab.Install("a"));
            Assert.True((await session.OrderBootAsync(new FirmwareRequest(lab.Identity, lab.First), default)).Value.Created);
            Assert.True((await session.WipeAsync(new WipeRequest(lab.Identity, lab.First, DiskOwner.Anyone), default)).Succeeded);
        }

        await lab.OrderAndResetAsync();
        Assert.False(lab.Listens);
        Assert.True(await lab.IsOrderedAsync());
    }

    [Fact]
    public async Task An_old_system_on_another_disk_can_boot_before_what_was_installed()
    {
        await using var lab = await ServerLab.StartAsync(107);
        lab.Break("old-system-on-disk");
        lab.Break("old-system-preferred");
        await using (var session = await lab.EnterRescueAsync()) await lab.InstallAsync(session, lab.Install("a"));

        await lab.ResetAsync();
        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);

        lab.Heal(ServerFault.OldSystemPreferred);
        await lab.ResetAsync();
        Assert.IsType<RunningSystem.TalosMaintenance>(lab.Server.Running);
        Assert.False(lab.Listens);
    }

    [Fact]
    public async Task A_firmware_can_refuse_boot_entries()
    {
        await using var lab = await ServerLab.StartAsync(108);
        lab.Break("entries-refused");
        await using var session = await lab.EnterRescueAsync();
        await lab.InstallAsync(session, lab.Install("a"));

        Assert.Equal(RescueError.FirmwareRefused, (await session.OrderBootAsync(new FirmwareRequest(lab.Identity, lab.First), default)).Failure?.Error);
        lab.Heal(ServerFault.EntriesRefused);
        Assert.True((await session.OrderBootAsync(new FirmwareRequest(lab.Identity, lab.First), default)).Value.Created);
    }

    [Fact]
    public async Task A_silent_reset_is_accepted_and_changes_nothing()
    {
        await using var lab = await ServerLab.StartAsync(109);
        await using var session = await lab.EnterRescueAsync();
        lab.Break("reset-silent");

        await lab.OrderAndResetAsync();
        Assert.True((await session.ProveAsync(default)).Succeeded);
        Assert.True(await lab.IsOrderedAsync());

        await lab.ResetAsync();
        Assert.Equal(RescueError.ConnectionLost, (await session.ProveAsync(default)).Failure?.Error);
    }

    [Fact]
    public async Task A_reset_whose_reply_is_lost_was_pressed_once()
    {
        await using var lab = await ServerLab.StartAsync(110);
        lab.Break("reset-reply-lost");
        await lab.OrderAsync();

        Assert.Equal(RobotError.ConnectionLost, (await lab.Robot.Reset(lab.Server.Number, ResetType.Hardware, default)).Failure?.Error);
        lab.Clock.Advance(ServerLab.AnyBoot);

        Assert.True((await lab.ConnectAsync()).Succeeded);
        Assert.Equal(1, lab.World.Ledger.Count(lab.Server.Number, Fact.ResetPressed));
    }

    [Fact]
    public async Task A_reset_button_starts_a_server_that_is_off_only_where_the_board_lets_it()
    {
        await using var lab = await ServerLab.StartAsync(111);
        lab.Server.PressReset(ResetKind.PowerLong);
        await lab.OrderAndResetAsync();
        Assert.False(lab.Listens);

        lab.Break("reset-starts-shut-off");
        await lab.ResetAsync();
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }

    [Fact]
    public async Task Power_lost_in_the_middle_of_a_write_leaves_half_an_image_and_a_server_that_comes_back()
    {
        await using var lab = await ServerLab.StartAsync(112);
        await using (var session = await lab.EnterRescueAsync())
        {
            lab.Break("power-lost write 40%");
            await lab.BeginInstallAsync(session, lab.Install("a"));
            lab.Clock.Advance(HardwareTimes.Typical.ImageWrite * 0.39);
            Assert.Equal(AttemptState.Running, (await session.InstallStatusAsync("a", default)).Value.State);

            lab.Clock.Advance(HardwareTimes.Typical.ImageWrite * 0.02);
            Assert.Equal(RescueError.ConnectionLost, (await session.ProveAsync(default)).Failure?.Error);
            Assert.False(lab.Listens);
        }

        lab.Clock.Advance(ServerLab.AnyBoot);
        Assert.IsType<RunningSystem.Stuck>(lab.Server.Running);
        await using var next = await lab.EnterRescueAsync();
        Assert.Equal(AttemptState.Absent, (await next.InstallStatusAsync("a", default)).Value.State);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.DiskWritten));
    }

    [Fact]
    public async Task A_firewall_that_keeps_Hetzner_out_keeps_rescue_out()
    {
        await using var lab = await ServerLab.StartAsync(113);
        var closed = new RobotFirewall { State = FirewallState.Active, AllowsHetznerServices = false, Input = [new FirewallRule { Accepts = true }], Output = [new FirewallRule { Accepts = true }] };
        Assert.True((await lab.Robot.SetFirewall(lab.Server.Number, closed, default)).Succeeded);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));

        await lab.OrderAndResetAsync();
        Assert.False(lab.Listens);
        Assert.True(await lab.IsOrderedAsync());

        Assert.True((await lab.Robot.SetFirewall(lab.Server.Number, closed with { AllowsHetznerServices = true }, default)).Succeeded);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        await lab.ResetAsync();
        Assert.True((await lab.ConnectAsync()).Succeeded);
    }
}
