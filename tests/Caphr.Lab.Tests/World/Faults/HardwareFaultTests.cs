using Caphr.Lab.World;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Tests.World.Faults;

/// <summary>Disks, boards and cards that are not what they were, as the rescue system finds them.</summary>
public sealed class HardwareFaultTests
{
    [Fact]
    public async Task A_disk_swapped_under_the_same_number_is_not_found_by_its_old_serial()
    {
        await using var lab = await ServerLab.StartAsync(130);
        var old = lab.First;
        lab.Break("disk-swapped");
        await using var session = await lab.EnterRescueAsync();

        var disks = (await session.InspectAsync(default)).Value.Disks;

        Assert.DoesNotContain(old.Serial, disks.Select(disk => disk.Serial));
        Assert.Equal(RescueError.DiskNotFound, (await session.StartInstallAsync(lab.Install("a", old), default)).Failure?.Error);
    }

    [Fact]
    public async Task A_dead_disk_says_that_it_fails_and_takes_no_image()
    {
        await using var lab = await ServerLab.StartAsync(131);
        lab.Break("disk-dead");
        await using var session = await lab.EnterRescueAsync();

        var disks = (await session.InspectAsync(default)).Value.Disks;
        Assert.False(disks.Single(disk => disk.Serial == lab.First.Serial).Health?.Passed);
        Assert.True(disks.Single(disk => disk.Serial == lab.Last.Serial).Health?.Passed);
        Assert.Equal(InstallError.WriteFailed, (await lab.InstallAsync(session, lab.Install("a"))).Error?.Code);
    }

    [Fact]
    public async Task A_slow_disk_takes_ten_times_as_long()
    {
        await using var lab = await ServerLab.StartAsync(132);
        lab.Break("slow-disk");
        await using var session = await lab.EnterRescueAsync();

        Assert.Equal(AttemptState.Running, (await lab.InstallAsync(session, lab.Install("a"))).State);
        lab.Clock.Advance(HardwareTimes.Typical.ImageWrite * 9);
        Assert.Equal(AttemptState.Done, (await session.InstallStatusAsync("a", default)).Value.State);
    }

    [Fact]
    public async Task A_write_fails_once_and_the_disk_boots_nothing_until_the_next()
    {
        await using var lab = await ServerLab.StartAsync(133);
        lab.Break("image-write-fails");
        await using var session = await lab.EnterRescueAsync();

        Assert.Equal(InstallError.WriteFailed, (await lab.InstallAsync(session, lab.Install("a"))).Error?.Code);
        Assert.IsType<DiskContent.HalfWritten>(lab.FirstDisk.Content);
        Assert.Equal(AttemptState.Done, (await lab.InstallAsync(session, lab.Install("b"))).State);
    }

    [Fact]
    public async Task Disks_have_no_WWN_before_udev_has_settled()
    {
        await using var lab = await ServerLab.StartAsync(134);
        lab.Break("wwns-missing times 2");
        await using var session = await lab.EnterRescueAsync();
        var byWwn = new DiskIdentity(Wwn: lab.FirstDisk.Wwn);

        Assert.All((await session.InspectAsync(default)).Value.Disks, disk => Assert.Null(disk.Wwn));
        Assert.Equal(RescueError.DiskNotFound, (await session.StartInstallAsync(lab.Install("a", byWwn), default)).Failure?.Error);
        Assert.All((await session.InspectAsync(default)).Value.Disks, disk => Assert.NotNull(disk.Wwn));
        Assert.True((await session.StartInstallAsync(lab.Install("a", byWwn), default)).Succeeded);
    }

    [Fact]
    public async Task A_disk_that_is_held_takes_neither_image_nor_wipe()
    {
        await using var lab = await ServerLab.StartAsync(135);
        lab.Break("disk-held");
        await using var session = await lab.EnterRescueAsync();

        Assert.Equal(RescueError.DiskInUse, (await session.StartInstallAsync(lab.Install("a"), default)).Failure?.Error);
        Assert.Equal(RescueError.DiskInUse, (await session.WipeAsync(new WipeRequest(lab.Identity, lab.First, DiskOwner.Anyone), default)).Failure?.Error);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.DiskWriteStarted) + lab.World.Ledger.Count(lab.Server.Number, Fact.DiskWiped));
    }

    [Fact]
    public async Task A_wipe_can_leave_labels_that_can_be_read()
    {
        await using var lab = await ServerLab.StartAsync(136);
        lab.Break("leftover-ceph");
        lab.Break("wipe-leaves-labels");
        await using var session = await lab.EnterRescueAsync();
        var wipe = new WipeRequest(lab.Identity, lab.Last, DiskOwner.Anyone);

        var first = await session.WipeAsync(wipe, default);

        Assert.Equal(RescueError.WipeIncomplete, first.Failure?.Error);
        Assert.Equal(["ceph_bluestore"], first.Failure!.Evidence);
        Assert.Equal(["ceph_bluestore"], (await session.InspectAsync(default)).Value.Disks.Single(disk => disk.Serial == lab.Last.Serial).Signatures);
        Assert.True((await session.WipeAsync(wipe, default)).Succeeded);
    }

    [Theory]
    [InlineData("leftover-raid", "linux_raid_member", 137)]
    [InlineData("leftover-volume-group", "LVM2_member", 138)]
    [InlineData("leftover-ceph", "ceph_bluestore", 139)]
    public async Task What_was_left_on_a_disk_is_seen_and_not_overwritten(string fault, string signature, byte network)
    {
        await using var lab = await ServerLab.StartAsync(network);
        lab.Break(fault);
        await using var session = await lab.EnterRescueAsync();

        Assert.Equal([signature], (await session.InspectAsync(default)).Value.Disks.Single(disk => disk.Serial == lab.Last.Serial).Signatures);
        Assert.Equal(RescueError.ForeignData, (await session.StartInstallAsync(lab.Install("a", lab.Last, DiskOwner.Talos), default)).Failure?.Error);
    }

    [Fact]
    public async Task An_old_system_on_the_last_disk_boots_when_nothing_before_it_does()
    {
        await using var lab = await ServerLab.StartAsync(140);
        lab.Break("old-system-on-disk");

        await lab.ResetAsync();

        Assert.Equal(RescueError.AuthenticationRefused, (await lab.ConnectAsync()).Failure?.Error);
    }

    [Fact]
    public async Task A_stale_Talos_boots_with_the_identity_of_another_cluster()
    {
        await using var lab = await ServerLab.StartAsync(141);
        lab.Break("stale-talos");

        await lab.ResetAsync();

        Assert.IsType<RunningSystem.TalosConfigured>(lab.Server.Running);
        await using var session = await lab.EnterRescueAsync();
        Assert.Contains("STATE", (await session.InspectAsync(default)).Value.Disks.Single(disk => disk.Serial == lab.First.Serial).PartitionLabels);
    }

    [Fact]
    public async Task A_board_swapped_under_the_same_number_is_another_machine_to_the_agent()
    {
        await using var lab = await ServerLab.StartAsync(142);
        var (old, install) = (lab.Identity, lab.Install("a"));
        lab.Break("board-swapped");
        await using var session = await lab.EnterRescueAsync();

        Assert.NotEqual(old.PrimaryMac, (await session.ProveAsync(default)).Value.BootMac);
        Assert.Equal(RescueError.WrongIdentity, (await session.StartInstallAsync(install, default)).Failure?.Error);
        Assert.Equal(0, lab.World.Ledger.Count(lab.Server.Number, Fact.DiskWriteStarted));
    }

    [Fact]
    public async Task A_second_port_has_a_link_and_did_not_boot()
    {
        await using var lab = await ServerLab.StartAsync(143);
        lab.Break("second-port");
        await using var session = await lab.EnterRescueAsync();

        var inventory = (await session.InspectAsync(default)).Value;

        Assert.Equal(2, inventory.NetworkCards.Count(card => card.SpeedMbit is not null));
        Assert.Single(inventory.NetworkCards, card => card.Mac == inventory.PrimaryMac);
    }

    [Fact]
    public async Task Disks_are_numbered_anew_at_every_boot()
    {
        await using var lab = await ServerLab.StartAsync(144);
        var seen = new HashSet<string>();
        for (var boot = 0; boot < 12; boot++)
        {
            await using var session = await lab.EnterRescueAsync();
            seen.Add((await session.InspectAsync(default)).Value.Disks.Single(disk => disk.Serial == lab.First.Serial).Name);
        }

        Assert.Equal(["nvme0n1", "nvme1n1"], seen.Order());
    }
}
