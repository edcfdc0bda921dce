using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

public sealed class InstallTests : IAsyncLifetime
{
    private const long MiB = RescueGround.MiB;

    private readonly RescueGround _ground = new();
    private readonly FileServer _files = new();
    private LoopDisk _disk = null!;
    private byte[] _image = null!;

    public async Task InitializeAsync()
    {
        _disk = await _ground.AddDiskAsync(64 * MiB, "A");
        _image = await DiskContents.TalosImageAsync();
    }

    public async Task DisposeAsync()
    {
        await _files.DisposeAsync();
        await _ground.DisposeAsync();
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("xz", "-q", "-0")]
    [InlineData("zstd", "-q")]
    public async Task An_image_arrives_whole_and_its_partitions_are_there(params string[] packer)
    {
        var packed = await PackAsync(packer);

        var ended = await InstallAsync(_files.Serve(packed), FileServer.Sha256(packed));

        Assert.Equal((AttemptState.Done, _image.LongLength, null), (ended.State, ended.BytesWritten, ended.Error));
        Assert.True(IsOnDisk());
        Assert.Equal(["EFI", "BIOS", "BOOT", "META", "STATE"], (await InspectAsync()).PartitionLabels);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("zstd", "-q")]
    public async Task A_download_that_is_cut_again_and_again_goes_on_where_it_was_cut(params string[] packer)
    {
        var packed = await PackAsync(packer);
        var url = _files.ServeInPieces(packed, (packed.Length / 3) + 1);

        var ended = await InstallAsync(url, FileServer.Sha256(packed));

        Assert.Equal((AttemptState.Done, null), (ended.State, ended.Error));
        Assert.Equal(3, _files.Requests);
        Assert.True(IsOnDisk());
    }

    [Fact]
    public async Task A_file_that_becomes_another_in_mid_download_is_not_mixed_with_it()
    {
        var other = _image.ToArray();
        other[^1] ^= 1;
        string url;
        using (_files.ServeHalf(_image, out url))
        {
            await StartAsync("a", url);
            await WritesAsync("a");
            _files.Serve(other);
        }

        var ended = await _ground.EndOfInstallAsync("a");

        Assert.Equal(InstallError.DownloadFailed, ended.Error?.Code);
        Assert.Equal(2, _files.Requests);
        Assert.False(IsOnDisk());
    }

    [Fact]
    public async Task A_wrong_checksum_leaves_no_partition_table_at_either_end()
    {
        await DiskContents.OldTalosAsync(_disk);

        var ended = await InstallAsync(_files.Serve(_image), new string('0', 64));

        Assert.Equal(InstallError.ChecksumMismatch, ended.Error?.Code);
        Assert.Empty((await InspectAsync()).PartitionLabels);
        Assert.DoesNotContain("gpt", (await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task A_packed_image_that_ends_too_early_is_damaged_whatever_the_server_says_of_its_length()
    {
        var packed = await PackAsync("xz", "-q", "-0");

        var ended = await InstallAsync(_files.Serve(packed[..(packed.Length * 3 / 4)]), sha256: null);

        Assert.Equal(InstallError.UnpackFailed, ended.Error?.Code);
        Assert.Empty((await InspectAsync()).PartitionLabels);
    }

    [Fact]
    public async Task A_raw_image_that_ends_too_early_is_known_by_its_own_table()
    {
        var ended = await InstallAsync(_files.Serve(_image[..(int)(10 * MiB)]), sha256: null);

        Assert.Equal(InstallError.NotAnImage, ended.Error?.Code);
        Assert.Empty((await InspectAsync()).PartitionLabels);
    }

    [Fact]
    public async Task An_empty_file_is_no_image_although_the_disk_has_a_partition_table()
    {
        await DiskContents.OldTalosAsync(_disk);

        Assert.Equal(InstallError.NotAnImage, (await InstallAsync(_files.Serve([]), sha256: null)).Error?.Code);
    }

    [Fact]
    public async Task An_image_larger_than_the_disk_fails_and_leaves_nothing_that_boots()
    {
        await _ground.AddDiskAsync(16 * MiB, "small");
        await StartAsync("a", _files.Serve(_image), "small");

        var ended = await _ground.EndOfInstallAsync("a");

        Assert.Equal(InstallError.DiskTooSmall, ended.Error?.Code);
        Assert.Empty(Assert.Single((await _ground.InspectAsync()).Value.Disks, disk => disk.Serial == "small").PartitionLabels);
    }

    [Fact]
    public async Task What_an_earlier_life_left_behind_the_image_is_gone()
    {
        await Sshd.RunAsync("sgdisk", ["--clear", "--new=1:0:0", "--change-name=1:EPHEMERAL", _disk.Path]);

        await InstallAsync(_files.Serve(_image), sha256: null);

        Assert.All(_disk.Read(63 * MiB, (int)MiB), one => Assert.Equal(0, one));
    }

    [Fact]
    public async Task Asked_again_while_it_runs_it_tells_how_far_it_is_and_begins_nothing()
    {
        using var gate = _files.ServeHalf(_image, out var url);
        await StartAsync("a", url);
        await WritesAsync("a");

        var again = (await _ground.InstallAsync(Request("a", url))).Value;

        Assert.Equal(AttemptState.Running, again.State);
        Assert.Equal(_image.Length, again.TotalBytes);
        Assert.Equal(1, _files.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_writer_is_told_of_and_the_next_attempt_writes_the_image_whole(bool wholeGroup)
    {
        using (_files.ServeHalf(_image, out var url))
        {
            await StartAsync("a", url);
            await WritesAsync("a");
            var writer = await _ground.WriterAsync("a");
            await Sshd.RunAsync("kill", wholeGroup ? ["-KILL", "--", $"-{writer}"] : ["-KILL", $"{writer}"]);
            // What the writer began may go on without it, and as long as it does the disk is not free.
            if (!wholeGroup) Assert.Equal(AttemptState.Running, (await _ground.StatusAsync("a")).State);
        }

        var died = await _ground.EndOfInstallAsync("a");
        await StartAsync("b", _files.Serve(_image));
        var ended = await _ground.EndOfInstallAsync("b");

        Assert.Equal(InstallError.WriterDied, died.Error?.Code);
        Assert.Equal((AttemptState.Done, null), (ended.State, ended.Error));
        Assert.True(IsOnDisk());
        Assert.Equal(InstallError.WriterDied, (await _ground.StatusAsync("a")).Error?.Code);
    }

    private static InstallRequest Request(string attempt, string url, string serial = "A") => new(attempt, RescueGround.Identity, RescueGround.Disk(serial), DiskOwner.Talos, url);

    private async Task StartAsync(string attempt, string url, string serial = "A", string? sha256 = null)
    {
        var started = await _ground.InstallAsync(Request(attempt, url, serial) with { Sha256 = sha256 });
        Assert.True(started.Succeeded, started.Failure?.ToString());
    }

    private async Task<InstallStatus> InstallAsync(string url, string? sha256)
    {
        await StartAsync("a", url, sha256: sha256);
        return await _ground.EndOfInstallAsync("a");
    }

    private Task WritesAsync(string attempt) => Eventually.BecomesTrueAsync(async () => (await _ground.StatusAsync(attempt)).BytesWritten > 0);

    private bool IsOnDisk() => _disk.Read(0, _image.Length).AsSpan().SequenceEqual(_image);

    private async Task<InspectedDisk> InspectAsync() => Assert.Single((await _ground.InspectAsync()).Value.Disks);

    private Task<byte[]> PackAsync(params string[] packer) => DiskContents.PackAsync(_image, packer);
}
