using System.Security.Cryptography;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

public sealed class WipeTests : IAsyncLifetime
{
    private const long MiB = RescueGround.MiB;

    private readonly RescueGround _ground = new();
    private LoopDisk _disk = null!;

    public static TheoryData<WipePolicy> Policies => [.. Enum.GetValues<WipePolicy>()];

    public async Task InitializeAsync() => _disk = await _ground.AddDiskAsync(1536 * MiB, "A");

    public async Task DisposeAsync() => await _ground.DisposeAsync();

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task After_every_wipe_nothing_is_recognised_on_the_disk_or_where_its_partitions_were(WipePolicy policy)
    {
        await DiskContents.OldTalosAsync(_disk);

        var report = (await _ground.WipeAsync(Wipe(policy))).Value;

        Assert.Equal(["PMBR", "ext4", "gpt"], report.Removed);
        Assert.Equal(policy == WipePolicy.Discard, report.Discarded);
        Assert.False(Directory.Exists($"/sys/block/{Path.GetFileName(_disk.Path)}/{Path.GetFileName(_disk.Path)}p1"), "The kernel still has partitions.");
        Assert.Empty((await InspectAsync()).Signatures);
        // Somebody partitions the disk in the same way again: no file system of before comes back.
        await DiskContents.PartitionAsync(_disk.Path, "EFI", "BIOS", "BOOT", "META", "STATE", "EPHEMERAL");
        await _disk.PartitionAsync(1);
        Assert.Equal(["PMBR", "gpt"], (await InspectAsync()).Signatures);
    }

    [Theory]
    [InlineData(WipePolicy.HeadAndTail)]
    [InlineData(WipePolicy.Discard)]
    public async Task Ceph_is_gone_with_every_repetition_of_its_label(WipePolicy policy)
    {
        DiskContents.BlueStore(_disk);
        DiskContents.BlueStore(_disk, 1024 * MiB);

        Assert.Equal(["ceph_bluestore"], (await _ground.WipeAsync(Wipe(policy))).Value.Removed);

        Assert.All(_disk.Read(1024 * MiB, 4096), one => Assert.Equal(0, one));
        Assert.True((await _ground.WipeAsync(Wipe(policy) with { ExpectedOwner = DiskOwner.Nobody })).Succeeded);
    }

    [Fact]
    public async Task A_disk_whose_discarded_blocks_do_not_read_as_zeros_is_wiped_all_the_same()
    {
        _ground.Tool("blkdiscard", """for at in 0 $((1 << 30)) $((1535 << 20)); do printf 'bluestore block device' | dd of="$2" bs=1M seek="$at" oflag=seek_bytes conv=notrunc,fsync status=none; done""");

        var outcome = await _ground.WipeAsync(Wipe(WipePolicy.Discard));

        Assert.True(outcome.Succeeded, outcome.Failure?.ToString());
        Assert.True(outcome.Value.Discarded);
        Assert.All((long[])[0, 1024 * MiB, 1535 * MiB], at => Assert.All(_disk.Read(at, 4096), one => Assert.Equal(0, one)));
    }

    [Fact]
    public async Task A_repetition_of_Cephs_label_that_did_not_go_is_found_by_looking_again()
    {
        DiskContents.BlueStore(_disk, 1024 * MiB);
        _ground.Tool("dd", """[[ "$*" == *seek=1073741824* ]] || exec /usr/bin/dd "$@" """);

        var outcome = await _ground.WipeAsync(Wipe(WipePolicy.HeadAndTail));

        Assert.Equal(RescueError.WipeIncomplete, outcome.Failure?.Error);
        Assert.Equal(["ceph_bluestore at byte 1073741824"], outcome.Failure!.Evidence);
    }

    [Fact]
    public async Task Both_ends_are_zero_and_the_middle_is_left_when_only_the_ends_were_to_go()
    {
        var noise = RandomNumberGenerator.GetBytes(4096);
        foreach (var at in (long[])[99 * MiB, 700 * MiB, 1437 * MiB]) _disk.Write(at, noise);

        await _ground.WipeAsync(Wipe(WipePolicy.HeadAndTail));

        Assert.All(_disk.Read(99 * MiB, 4096), one => Assert.Equal(0, one));
        Assert.Equal(noise, _disk.Read(700 * MiB, 4096));
        Assert.All(_disk.Read(1437 * MiB, 4096), one => Assert.Equal(0, one));
    }

    [Theory]
    [InlineData("wipefs", """[[ $1 == --all ]] || exec /usr/sbin/wipefs "$@" """, WipePolicy.Signatures, "ext4")]
    [InlineData("dd", """[[ "$*" == *of=* ]] || exec /usr/bin/dd "$@" """, WipePolicy.HeadAndTail, "bytes at the beginning that are not zero")]
    public async Task A_wipe_that_did_not_take_is_not_called_one(string tool, string lie, WipePolicy policy, string evidence)
    {
        await DiskContents.Ext4Async(_disk.Path);
        _ground.Tool(tool, lie);

        var outcome = await _ground.WipeAsync(Wipe(policy));

        Assert.Equal(RescueError.WipeIncomplete, outcome.Failure?.Error);
        Assert.Contains(evidence, outcome.Failure!.Evidence);
    }

    [Fact]
    public async Task What_is_left_where_a_partition_was_is_found_by_looking_there()
    {
        await DiskContents.PartitionAsync(_disk.Path, "STATE");
        await DiskContents.Ext4Async(await _disk.PartitionAsync(1));
        _ground.Tool("wipefs", """[[ $1 == --all && ${!#} == *loop*p1 ]] || exec /usr/sbin/wipefs "$@" """);

        var outcome = await _ground.WipeAsync(Wipe(WipePolicy.Signatures));

        Assert.Equal(["a signature at byte 1048576"], outcome.Failure?.Evidence);
    }

    [Fact]
    public async Task A_disk_that_cannot_discard_is_wiped_all_the_same_and_that_is_told()
    {
        await DiskContents.Ext4Async(_disk.Path);
        _ground.Tool("blkdiscard", "echo not supported >&2; exit 1");

        var report = (await _ground.WipeAsync(Wipe(WipePolicy.Discard))).Value;

        Assert.False(report.Discarded);
        Assert.Empty((await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task A_full_wipe_runs_detached_overwrites_every_byte_and_is_done_once()
    {
        var small = await _ground.AddDiskAsync(48 * MiB + 4096, "B");
        await DiskContents.OldTalosAsync(small);
        small.Write(30 * MiB, RandomNumberGenerator.GetBytes(4096));
        var request = FullWipe("B");

        var status = await _ground.EndOfFullWipeAsync(request);
        small.Write(20 * MiB, "written afterwards"u8);
        var again = (await _ground.WipeFullyAsync(request)).Value;

        Assert.Equal((AttemptState.Done, 48 * MiB + 4096, null), (status.State, status.BytesWritten, status.Error));
        Assert.Equal(["PMBR", "ext4", "gpt"], status.Removed);
        Assert.All(small.Read(30 * MiB, 4096), one => Assert.Equal(0, one));
        Assert.Equal(AttemptState.Done, again.State);
        Assert.Equal("written afterwards"u8, small.Read(20 * MiB, 18));
    }

    [Fact]
    public async Task A_full_wipe_that_a_disk_refuses_or_forgets_is_not_called_one()
    {
        await _ground.AddDiskAsync(48 * MiB, "B");
        _ground.Tool("cmp", "exit 1");

        var status = await _ground.EndOfFullWipeAsync(FullWipe("B"));

        Assert.Equal(new FullWipeProblem(FullWipeError.WipeIncomplete, "bytes that are not zero"), status.Error);
    }

    [Fact]
    public async Task A_full_wipe_respects_what_is_not_to_be_touched()
    {
        DiskContents.BlueStore(_disk);

        Assert.Equal(RescueError.ForeignData, (await _ground.WipeFullyAsync(FullWipe("A") with { ExpectedOwner = DiskOwner.Talos })).Failure?.Error);
    }

    private static WipeRequest Wipe(WipePolicy policy) => new(RescueGround.Identity, RescueGround.Disk("A"), DiskOwner.Anyone, policy);

    private static FullWipeRequest FullWipe(string serial) => new("full-1", RescueGround.Identity, RescueGround.Disk(serial), DiskOwner.Anyone);

    private async Task<InspectedDisk> InspectAsync() => Assert.Single((await _ground.InspectAsync()).Value.Disks);
}
