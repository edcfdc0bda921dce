using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

/// <summary>What must not be touched is refused, by wiping and by installing alike, and is still there afterwards.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private const long MiB = RescueGround.MiB;

    private readonly RescueGround _ground = new();
    private LoopDisk _disk = null!;

    public async Task InitializeAsync() => _disk = await _ground.AddDiskAsync(2048 * MiB, "A");

    public async Task DisposeAsync() => await _ground.DisposeAsync();

    [Theory]
    [InlineData("ext4", "ext4")]
    [InlineData("lvm", "LVM2_member")]
    [InlineData("md", "linux_raid_member")]
    [InlineData("ceph", "ceph_bluestore")]
    [InlineData("ceph without its first label", "ceph_bluestore at 1073741824")]
    [InlineData("partitions", "part photos")]
    [InlineData("partitions the kernel does not know", "part photos that the kernel does not know")]
    [InlineData("ceph in a partition called as Talos calls one", "ceph_bluestore")]
    [InlineData("md in a partition called as Talos calls one", "linux_raid_member")]
    public async Task Data_of_somebody_else_is_left_alone_and_named(string content, string evidence)
    {
        await MakeAsync(content);
        var before = _disk.Read(0, (int)(16 * MiB));

        foreach (var owner in (DiskOwner[])[DiskOwner.Nobody, DiskOwner.Talos])
        {
            var wipe = await _ground.WipeAsync(Wipe(owner));
            var install = await _ground.InstallAsync(new InstallRequest("a", RescueGround.Identity, RescueGround.Disk("A"), owner, "http://127.0.0.1:1/"));

            Assert.Equal(RescueError.ForeignData, wipe.Failure?.Error);
            Assert.Contains(wipe.Failure!.Evidence, one => one.EndsWith(evidence, StringComparison.Ordinal));
            Assert.Equal(RescueError.ForeignData, install.Failure?.Error);
        }

        Assert.True(before.AsSpan().SequenceEqual(_disk.Read(0, (int)(16 * MiB))));
        Assert.Equal(AttemptState.Absent, (await _ground.StatusAsync("a")).State);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_read_where_Ceph_repeats_its_label_does_not_pass_as_nobodys()
    {
        DiskContents.BlueStore(_disk, 1024 * MiB);
        var before = _disk.Read(1024 * MiB, 4096);
        _ground.Tool("dd", """[[ "$*" != *bs=22* ]] || exit 1; exec /usr/bin/dd "$@" """);

        foreach (var owner in (DiskOwner[])[DiskOwner.Nobody, DiskOwner.Talos])
        {
            Assert.False((await _ground.WipeAsync(Wipe(owner))).Succeeded);
            Assert.False((await _ground.InstallAsync(new InstallRequest("a", RescueGround.Identity, RescueGround.Disk("A"), owner, "http://127.0.0.1:1/"))).Succeeded);
        }

        Assert.Equal(before, _disk.Read(1024 * MiB, 4096));
        Assert.Equal(AttemptState.Absent, (await _ground.StatusAsync("a")).State);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_probed_is_not_described_as_blank()
    {
        await DiskContents.Ext4Async(_disk.Path);
        _ground.Tool("wipefs", "exit 1");

        Assert.Equal(["unreadable"], Assert.Single((await _ground.InspectAsync()).Value.Disks).Signatures);
    }

    [Fact]
    public async Task An_old_Talos_goes_for_Talos_and_not_for_nobody()
    {
        await DiskContents.OldTalosAsync(_disk);

        var kept = await _ground.WipeAsync(Wipe(DiskOwner.Nobody));
        var wiped = await _ground.WipeAsync(Wipe(DiskOwner.Talos));

        Assert.Equal(RescueError.ForeignData, kept.Failure?.Error);
        Assert.True(wiped.Succeeded, wiped.Failure?.ToString());
    }

    [Fact]
    public async Task An_old_Talos_whose_partitions_the_kernel_does_not_know_goes_too()
    {
        await DiskContents.OldTalosAsync(_disk);
        await _disk.ForgetPartitionsAsync();

        var wiped = await _ground.WipeAsync(Wipe(DiskOwner.Talos));

        Assert.Equal(["PMBR", "ext4", "gpt"], wiped.Value.Removed);
    }

    [Fact]
    public async Task A_disk_with_a_mounted_file_system_is_in_use_whoever_owns_it()
    {
        await DiskContents.PartitionAsync(_disk.Path, "photos");
        var partition = await _disk.PartitionAsync(1);
        await DiskContents.Ext4Async(partition);
        var mounted = Directory.CreateDirectory(Path.Combine(_ground.Root, "mounted")).FullName;
        await Sshd.RunAsync("mount", [partition, mounted]);
        try
        {
            var outcome = await _ground.WipeAsync(Wipe(DiskOwner.Anyone));

            Assert.Equal(RescueError.DiskInUse, outcome.Failure?.Error);
            Assert.Equal([$"{partition} on {mounted}"], outcome.Failure!.Evidence);
        }
        finally
        {
            await Sshd.RunAsync("umount", [mounted]);
        }
    }

    [Fact]
    public async Task Two_disks_with_one_serial_number_are_ambiguous_and_both_are_left()
    {
        var twin = await _ground.AddDiskAsync(64 * MiB, "A");
        await DiskContents.Ext4Async(_disk.Path);
        await DiskContents.Ext4Async(twin.Path);

        var outcome = await _ground.WipeAsync(Wipe(DiskOwner.Anyone));

        Assert.Equal(RescueError.DiskAmbiguous, outcome.Failure?.Error);
        Assert.All((await _ground.InspectAsync()).Value.Disks, disk => Assert.Equal(["ext4"], disk.Signatures));
    }

    [Fact]
    public async Task Another_disk_than_the_one_named_is_not_touched()
    {
        var other = await _ground.AddDiskAsync(64 * MiB, "B");
        await DiskContents.Ext4Async(_disk.Path);
        await DiskContents.Ext4Async(other.Path);

        await _ground.WipeAsync(Wipe(DiskOwner.Anyone));

        var disks = (await _ground.InspectAsync()).Value.Disks;
        Assert.Empty(Assert.Single(disks, disk => disk.Serial == "A").Signatures);
        Assert.Equal(["ext4"], Assert.Single(disks, disk => disk.Serial == "B").Signatures);
    }

    private static WipeRequest Wipe(DiskOwner owner) => new(RescueGround.Identity, RescueGround.Disk("A"), owner);

    private async Task MakeAsync(string content)
    {
        switch (content)
        {
            case "ext4": await DiskContents.Ext4Async(_disk.Path); break;
            case "lvm": await DiskContents.LvmAsync(_disk.Path); break;
            case "md": DiskContents.Md(_disk); break;
            case "ceph": DiskContents.BlueStore(_disk); break;
            case "ceph without its first label": DiskContents.BlueStore(_disk, 1024 * MiB); break;
            case "partitions": await DiskContents.PartitionAsync(_disk.Path, "STATE", "photos"); break;
            case "partitions the kernel does not know":
                await DiskContents.PartitionAsync(_disk.Path, "STATE", "photos");
                await _disk.ForgetPartitionsAsync();
                _ground.Tool("partx", "exit 1");
                break;
            case "ceph in a partition called as Talos calls one":
                await DiskContents.PartitionAsync(_disk.Path, "META", "STATE");
                DiskContents.BlueStore(_disk, 5 * MiB);
                break;
            case "md in a partition called as Talos calls one":
                await DiskContents.PartitionAsync(_disk.Path, "META", "STATE");
                DiskContents.Md(_disk, 5 * MiB);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(content));
        }
    }
}
