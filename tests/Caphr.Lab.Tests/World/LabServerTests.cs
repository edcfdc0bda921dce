using Caphr.Lab.World;

namespace Caphr.Lab.Tests.World;

public sealed class LabServerTests
{
    private static readonly TimeSpan s_anyBoot = TimeSpan.FromMinutes(10);

    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly LabServer _server;

    public LabServerTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 1 }, _clock);
        _server = _world.Servers[0];
    }

    [Fact]
    public void A_reset_with_a_rescue_order_boots_rescue_and_uses_the_order_up()
    {
        var order = _server.OrderRescue("secret", [], []);
        _server.PressReset(ResetKind.Hardware);

        Assert.IsType<RunningSystem.Booting>(_server.Running);
        _clock.Advance(s_anyBoot);

        Assert.Same(order, Assert.IsType<RunningSystem.Rescue>(_server.Running).Order);
        Assert.Null(_server.PendingRescue);
    }

    [Fact]
    public void The_order_is_used_up_while_rescue_is_still_on_its_way()
    {
        _server.OrderRescue("secret", [], []);
        _server.PressReset(ResetKind.Hardware);

        _clock.Advance(TimeSpan.FromSeconds(95));

        Assert.Null(_server.PendingRescue);
        Assert.Equal(new RunningSystem.Booting("rescue"), _server.Running);
    }

    [Fact]
    public void Rescue_is_not_sticky()
    {
        BootIntoRescue();

        _server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);

        Assert.IsType<RunningSystem.Stuck>(_server.Running);
    }

    [Fact]
    public void An_order_expires_after_an_hour()
    {
        _server.OrderRescue("secret", [], []);

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(_server.PendingRescue);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(_server.PendingRescue);
    }

    [Fact]
    public void A_second_reset_during_boot_starts_over_and_boots_once()
    {
        _server.OrderRescue("secret", [], []);
        _server.PressReset(ResetKind.Hardware);
        _clock.Advance(TimeSpan.FromSeconds(30));
        _server.PressReset(ResetKind.Hardware);

        _clock.Advance(s_anyBoot);

        Assert.IsType<RunningSystem.Rescue>(_server.Running);
        Assert.Equal(1, _world.Ledger.Count(_server.Number, Fact.RescueBooted));
        Assert.Equal(2, _world.Ledger.Count(_server.Number, Fact.ResetPressed));
    }

    [Fact]
    public void A_written_image_boots_into_maintenance_and_a_configuration_makes_it_ready()
    {
        BootIntoRescue();
        var disk = _server.Description.Disks[0];
        _server.BeginDiskWrite(disk, "talos");
        _server.EndDiskWrite(disk, new DiskContent.Talos("v1.12.0", MachineConfiguration: null), "talos");
        _server.RebootInBand(kexec: true);
        _clock.Advance(s_anyBoot);

        Assert.IsType<RunningSystem.TalosMaintenance>(_server.Running);
        Assert.True(_server.ApplyConfiguration("version: v1alpha1"));
        Assert.False(Assert.IsType<RunningSystem.TalosConfigured>(_server.Running).Ready);
        _clock.Advance(s_anyBoot);
        Assert.True(Assert.IsType<RunningSystem.TalosConfigured>(_server.Running).Ready);
    }

    [Fact]
    public void A_write_that_did_not_end_leaves_nothing_to_boot()
    {
        BootIntoRescue();
        _server.BeginDiskWrite(_server.Description.Disks[0], "talos");

        _server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);

        Assert.IsType<RunningSystem.Stuck>(_server.Running);
        Assert.Equal(1, _world.Ledger.Count(_server.Number, Fact.NothingToBoot));
    }

    [Theory]
    [InlineData(ResetKind.Software)]
    [InlineData(ResetKind.Manual)]
    public void Buttons_that_nothing_listens_to_change_nothing(ResetKind kind)
    {
        var before = _server.Running;

        _server.PressReset(kind);
        _clock.Advance(s_anyBoot);

        Assert.Equal(before, _server.Running);
        Assert.Equal(0, _world.Ledger.Count(_server.Number, Fact.NothingToBoot));
    }

    [Fact]
    public void A_server_that_is_off_starts_by_its_power_button_and_not_by_its_reset_button()
    {
        _server.PressReset(ResetKind.PowerLong);
        _server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);
        Assert.IsType<RunningSystem.PoweredOff>(_server.Running);

        _server.PressReset(ResetKind.Power);
        _clock.Advance(s_anyBoot);
        Assert.IsType<RunningSystem.Stuck>(_server.Running);
    }

    [Fact]
    public void One_seed_makes_the_same_servers_whatever_their_number()
    {
        var larger = new LabWorld(new WorldOptions { Servers = 9, TimeScale = 1 }, _clock);
        var other = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 1, Seed = 2 }, _clock);

        Assert.Equal(Facts(_world.Servers[1]), Facts(larger.Servers[1]));
        Assert.NotEqual(Facts(_world.Servers[1]), Facts(other.Servers[1]));

        static string Facts(LabServer server) =>
            $"{server.Number} {server.Address} {server.Description.PrimaryMac} {server.Description.SystemUuid} {string.Join(' ', server.Description.Disks.Select(disk => disk.Serial + disk.Wwn))}";
    }

    private void BootIntoRescue()
    {
        _server.OrderRescue("secret", [], []);
        _server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);
        Assert.IsType<RunningSystem.Rescue>(_server.Running);
    }
}
