using System.Text;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

public sealed class SeedTests : IAsyncLifetime
{
    private readonly RescueGround _ground = new();
    private LoopDisk _disk = null!;
    private string _state = "";

    public async Task InitializeAsync()
    {
        _disk = await _ground.AddDiskAsync(64 * RescueGround.MiB, "A");
        await DiskContents.PartitionAsync(_disk.Path, "META", "STATE", "twice", "twice");
        _state = await _disk.PartitionAsync(2);
        await DiskContents.Ext4Async(_state);
    }

    public async Task DisposeAsync() => await _ground.DisposeAsync();

    [Fact]
    public async Task Files_and_partitions_hold_what_was_asked_for_however_often_it_is_asked()
    {
        var request = Request([new SeededFile("STATE", "etc/caphr/seed.yaml", "first: 1\n"u8.ToArray())], [new SeededPartition("META", new byte[] { 0, 1, 254, 255, 10 })]);

        await _ground.SeedAsync(request);
        var written = (await _ground.SeedAsync(request)).Value.Written;

        Assert.Equal([$"{_state}:/etc/caphr/seed.yaml", $"{_disk.Path}p1"], written);
        Assert.Equal("first: 1\n", await ReadFileAsync("etc/caphr/seed.yaml"));
        Assert.Equal([0, 1, 254, 255, 10, 0], _disk.Read(RescueGround.MiB, 6));
    }

    [Theory]
    [InlineData("MISSING")]
    [InlineData("twice")]
    public async Task A_partition_must_be_there_and_there_once(string label)
    {
        var outcome = await _ground.SeedAsync(Request([], [new SeededPartition(label, new byte[1])]));

        Assert.Equal(RescueError.PartitionNotFound, outcome.Failure?.Error);
        Assert.Equal(4, outcome.Failure!.Evidence.Count);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/../../escape")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task A_file_stays_below_its_partitions_root(string path) =>
        Assert.Equal(RescueError.BadRequest, (await _ground.SeedAsync(Request([new SeededFile("STATE", path, new byte[1])], []))).Failure?.Error);

    [Fact]
    public async Task What_is_larger_than_its_partition_is_not_written_over_the_next_one()
    {
        var before = _disk.Read(5 * RescueGround.MiB, 4096);

        var outcome = await _ground.SeedAsync(Request([], [new SeededPartition("META", new byte[(4 * RescueGround.MiB) + 1])]));

        Assert.Equal(RescueError.SeedFailed, outcome.Failure?.Error);
        Assert.Equal(before, _disk.Read(5 * RescueGround.MiB, 4096));
    }

    [Fact]
    public async Task A_partition_without_a_file_system_takes_no_file()
    {
        var outcome = await _ground.SeedAsync(Request([new SeededFile("META", "a", new byte[1])], []));

        Assert.Equal(RescueError.SeedFailed, outcome.Failure?.Error);
    }

    [Fact]
    public void What_is_seeded_is_not_printed()
    {
        var text = new SeededFile("STATE", "a", "secret"u8.ToArray()).ToString() + new SeededPartition("META", "secret"u8.ToArray());

        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains("6 bytes", text, StringComparison.Ordinal);
    }

    private static SeedRequest Request(IReadOnlyList<SeededFile> files, IReadOnlyList<SeededPartition> partitions) => new(RescueGround.Identity, RescueGround.Disk("A"), files, partitions);

    private async Task<string> ReadFileAsync(string path)
    {
        var mounted = Directory.CreateDirectory(Path.Combine(_ground.Root, "mounted")).FullName;
        await Sshd.RunAsync("mount", ["-o", "ro", _state, mounted]);
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(mounted, path), Encoding.UTF8);
        }
        finally
        {
            await Sshd.RunAsync("umount", [mounted]);
        }
    }
}
