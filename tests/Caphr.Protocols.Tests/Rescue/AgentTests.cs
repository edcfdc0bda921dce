using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;
using Caphr.Protocols.Tests.Rescue.BlockDevices;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>The agent script under a real bash, behind a real sshd, asked by the real client; its disk is a file.</summary>
public sealed class AgentTests : IAsyncLifetime, IDisposable
{
    private const long DiskBytes = 64 << 20;

    private static readonly ServerIdentity s_identity = new(FakeRescueRoot.Mac, FakeRescueRoot.SystemUuid);
    private static readonly DiskIdentity s_disk = new(Wwn: "eui.01", Serial: FakeRescueRoot.Serial);

    private readonly SshUserKey _key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;
    private readonly RescueConnector _connector = new(new RescueConnectorOptions { User = Environment.UserName }, Clock.Real);
    private readonly FileServer _files = new();
    private Sshd _sshd = null!;
    private RescueSession _session = null!;

    public async Task InitializeAsync()
    {
        _sshd = await Sshd.StartAsync([_key.PublicKeyLine]);
        FakeRescueRoot.LayOut(_sshd, DiskBytes);
        _session = (await _connector.ConnectAsync(_sshd.Endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None)).Value;
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _sshd.DisposeAsync();
        await _files.DisposeAsync();
    }

    public void Dispose()
    {
        _connector.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task The_agent_is_brought_once_and_then_found()
    {
        await Value(_session.ProveAsync(CancellationToken.None));
        var stored = Directory.GetFiles("/run/caphr", Path.GetFileName(AgentScript.Path));

        Assert.Single(stored);
        Assert.Equal(AgentScript.Text.ToArray(), await File.ReadAllBytesAsync(stored[0]));
    }

    [Fact]
    public async Task A_rescue_system_proves_itself()
    {
        var proof = await Value(_session.ProveAsync(CancellationToken.None));

        Assert.Equal("rescue", proof.HostName);
        Assert.Equal(["hostname", "hetzner-build"], proof.Markers);
        Assert.Equal(FakeRescueRoot.Mac, proof.BootMac);
        Assert.Equal([FakeRescueRoot.Mac], proof.Macs);
        Assert.Equal(FakeRescueRoot.SystemUuid, proof.SystemUuid);
        Assert.Equal("b007", proof.BootId);
    }

    [Fact]
    public async Task With_one_marker_alone_every_verb_that_changes_something_is_refused()
    {
        FakeRescueRoot.Remove(_sshd, "etc/hetzner-build");

        Assert.Equal(RescueError.NotRescue, (await _session.ProveAsync(CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.NotRescue, (await _session.StartInstallAsync(Install("http://127.0.0.1:1/"), CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.NotRescue, (await _session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Anyone), CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.NotRescue, (await _session.BootAsync(new BootRequest(s_identity, s_disk, AllowKexec: false), CancellationToken.None)).Failure?.Error);
    }

    [Theory]
    [InlineData("a8:a1:59:01:02:04", null)]
    [InlineData(null, "11111111-2222-3333-4444-555555555556")]
    [InlineData(FakeRescueRoot.Mac, "11111111-2222-3333-4444-555555555556")]
    public async Task Another_server_than_the_one_meant_is_left_alone(string? mac, string? uuid)
    {
        var outcome = await _session.WipeAsync(new WipeRequest(new ServerIdentity(mac, uuid), s_disk, DiskOwner.Anyone), CancellationToken.None);

        Assert.Equal(RescueError.WrongIdentity, outcome.Failure?.Error);
        Assert.NotEmpty(outcome.Failure!.Evidence);
    }

    [Fact]
    public async Task Inspection_tells_disks_with_their_signatures_and_without_loops()
    {
        await MakeSignatureAsync("mkfs.ext4");

        var inventory = await Value(_session.InspectAsync(CancellationToken.None));

        var disk = Assert.Single(inventory.Disks);
        Assert.Equal(("nvme0n1", "eui.01", FakeRescueRoot.Serial, "SAMSUNG MZ", DiskBytes), (disk.Name, disk.Wwn, disk.Serial, disk.Model, disk.SizeBytes));
        Assert.Equal(["ext4"], disk.Signatures);
        Assert.Equal(FirmwareKind.Bios, inventory.Firmware);
        Assert.True(inventory.MemoryBytes > 0);
    }

    [Theory]
    [InlineData("zstd", "-q")]
    [InlineData("xz", "-q")]
    [InlineData("gzip", "-q")]
    [InlineData("cat")]
    public async Task An_image_is_unpacked_by_what_it_is_and_arrives_whole(params string[] packer)
    {
        var image = MakeImage();
        var packed = await DiskContents.PackAsync(image, packer);
        var url = _files.Serve(packed);

        var started = await Value(_session.StartInstallAsync(Install(url) with { Sha256 = FileServer.Sha256(packed) }, CancellationToken.None));
        var ended = await EndAsync();

        Assert.Equal(AttemptState.Running, started.State);
        Assert.Equal(new InstallStatus(AttemptState.Done, image.Length, packer[0] == "cat" ? image.Length : null, null, FileServer.Sha256(packed)), ended);
        Assert.True(await StartsWithAsync(image));
    }

    [Fact]
    public async Task An_attempt_is_started_once_however_many_ask_for_it_at_once()
    {
        var url = _files.Serve(await DiskContents.PackAsync(MakeImage(), ["zstd", "-q"]));
        var sessions = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
            (await _connector.ConnectAsync(_sshd.Endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None)).Value));

        var answers = await Task.WhenAll(sessions.Select(session => session.StartInstallAsync(Install(url), CancellationToken.None)));
        var ended = await EndAsync();
        var again = await Value(_session.StartInstallAsync(Install(url), CancellationToken.None));

        // Who comes between the first one's lock and its record is told to come again; nobody starts a second writer.
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure.Error == RescueError.Busy));
        Assert.Equal(AttemptState.Done, ended.State);
        Assert.Equal(ended, again);
        Assert.Equal(1, _files.Requests);
        foreach (var session in sessions) await session.DisposeAsync();
    }

    [Fact]
    public async Task While_one_attempt_writes_another_and_a_wipe_find_the_server_busy()
    {
        using var gate = _files.ServeHalf(MakeImage(), out var url);
        await Value(_session.StartInstallAsync(Install(url), CancellationToken.None));
        await Eventually.BecomesTrueAsync(async () => (await Value(_session.InstallStatusAsync("attempt-1", CancellationToken.None))).BytesWritten > 0);

        var other = await _session.StartInstallAsync(Install(url) with { Attempt = "attempt-2" }, CancellationToken.None);
        var wipe = await _session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Anyone), CancellationToken.None);

        Assert.Equal(RescueError.Busy, other.Failure?.Error);
        Assert.Equal(["attempt-1"], other.Failure!.Evidence);
        Assert.Equal(RescueError.Busy, wipe.Failure?.Error);
        Assert.Equal(AttemptState.Running, (await Value(_session.InstallStatusAsync("attempt-1", CancellationToken.None))).State);
    }

    [Fact]
    public async Task A_download_that_breaks_off_fails_and_leaves_nothing_that_looks_like_an_image()
    {
        var image = MakeImage();
        using (_files.ServeHalf(image, out var url))
        {
            await Value(_session.StartInstallAsync(Install(url), CancellationToken.None));
            await Eventually.BecomesTrueAsync(async () => (await Value(_session.InstallStatusAsync("attempt-1", CancellationToken.None))).BytesWritten > 0);
            // Nor is there more whenever it asks again.
            _files.ServeInPieces(image, 0);
        }

        var ended = await EndAsync();

        Assert.Equal(InstallError.DownloadFailed, ended.Error?.Code);
        Assert.True(await StartsWithAsync(new byte[1 << 20]));
    }

    [Fact]
    public async Task An_image_that_is_not_there_fails_and_costs_nothing()
    {
        await MakeSignatureAsync("mkfs.ext4");
        var before = await File.ReadAllBytesAsync(FakeRescueRoot.DiskOf(_sshd));

        await Value(_session.StartInstallAsync(Install(_files.Missing) with { ExpectedOwner = DiskOwner.Anyone }, CancellationToken.None));
        var ended = await EndAsync();

        Assert.Equal(InstallError.DownloadFailed, ended.Error?.Code);
        Assert.Contains("404", ended.Error!.Detail, StringComparison.Ordinal);
        Assert.True(await StartsWithAsync(before));
    }

    [Fact]
    public async Task A_damaged_image_fails()
    {
        var packed = await DiskContents.PackAsync(MakeImage(), ["zstd", "-q"]);
        packed[packed.Length / 2] ^= 0xff;

        await Value(_session.StartInstallAsync(Install(_files.Serve(packed)), CancellationToken.None));

        Assert.Equal(InstallError.UnpackFailed, (await EndAsync()).Error?.Code);
    }

    [Fact]
    public async Task A_wrong_checksum_fails_and_leaves_nothing_that_boots()
    {
        var url = _files.Serve(MakeImage());

        await Value(_session.StartInstallAsync(Install(url) with { Sha256 = new string('0', 64) }, CancellationToken.None));

        Assert.Equal(InstallError.ChecksumMismatch, (await EndAsync()).Error?.Code);
        Assert.True(await StartsWithAsync(new byte[1 << 20]));
    }

    [Fact]
    public async Task What_is_no_disk_image_is_not_taken_for_one()
    {
        await Value(_session.StartInstallAsync(Install(_files.Serve(new byte[8 << 20])), CancellationToken.None));

        Assert.Equal(InstallError.NotAnImage, (await EndAsync()).Error?.Code);
    }

    [Fact]
    public async Task A_writer_that_is_killed_is_not_waited_for()
    {
        using var gate = _files.ServeHalf(MakeImage(), out var url);
        await Value(_session.StartInstallAsync(Install(url), CancellationToken.None));
        await Eventually.BecomesTrueAsync(() => File.Exists($"{_sshd.Run}/install-attempt-1/dd.pid"));

        await _session.ExecuteAsync($"pkill -9 -f '{_sshd.Run}/install-attempt-1'; fuser -k -9 {_sshd.Run}/install-attempt-1/alive", default, CancellationToken.None);

        Assert.Equal(InstallError.WriterDied, (await EndAsync()).Error?.Code);
    }

    [Fact]
    public async Task A_disk_of_an_old_system_is_neither_written_nor_wiped_without_leave()
    {
        await MakeSignatureAsync("mkfs.ext4");

        foreach (var owner in (DiskOwner[])[DiskOwner.Nobody, DiskOwner.Talos])
        {
            var install = await _session.StartInstallAsync(Install("http://127.0.0.1:1/") with { ExpectedOwner = owner }, CancellationToken.None);
            var wipe = await _session.WipeAsync(new WipeRequest(s_identity, s_disk, owner), CancellationToken.None);

            Assert.Equal(RescueError.ForeignData, install.Failure?.Error);
            Assert.Contains("ext4", Assert.Single(install.Failure!.Evidence), StringComparison.Ordinal);
            Assert.Equal(RescueError.ForeignData, wipe.Failure?.Error);
        }

        Assert.Equal(AttemptState.Absent, (await Value(_session.InstallStatusAsync("attempt-1", CancellationToken.None))).State);
    }

    [Fact]
    public async Task A_Ceph_disk_is_known_by_its_label()
    {
        await using (var disk = File.OpenWrite(FakeRescueRoot.DiskOf(_sshd))) await disk.WriteAsync("bluestore block device\n"u8.ToArray());

        var outcome = await _session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Talos), CancellationToken.None);

        Assert.Equal(RescueError.ForeignData, outcome.Failure?.Error);
        Assert.Contains("ceph_bluestore", outcome.Failure!.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wipe_leaves_nothing_to_recognise_and_says_what_was_there()
    {
        await MakeSignatureAsync("mkfs.ext4");

        var report = await Value(_session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Anyone), CancellationToken.None));
        var again = await Value(_session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Nobody), CancellationToken.None));

        Assert.Equal(["ext4"], report.Removed);
        Assert.Empty(again.Removed);
        Assert.True(await StartsWithAsync(new byte[DiskBytes]));
    }

    [Fact]
    public async Task A_disk_must_be_found_and_found_once()
    {
        var missing = await _session.StartInstallAsync(Install("http://127.0.0.1:1/") with { Disk = new DiskIdentity(Serial: "other") }, CancellationToken.None);
        FakeRescueRoot.Describe(_sshd, DiskBytes, [FakeRescueRoot.Serial, FakeRescueRoot.Serial]);
        var ambiguous = await _session.StartInstallAsync(Install("http://127.0.0.1:1/"), CancellationToken.None);

        Assert.Equal(RescueError.DiskNotFound, missing.Failure?.Error);
        Assert.Contains(FakeRescueRoot.Serial, Assert.Single(missing.Failure!.Evidence), StringComparison.Ordinal);
        Assert.Equal(RescueError.DiskAmbiguous, ambiguous.Failure?.Error);
        Assert.Equal(2, ambiguous.Failure!.Evidence.Count);
    }

    [Fact]
    public async Task A_disk_smaller_than_the_image_is_refused()
    {
        var outcome = await _session.StartInstallAsync(Install("http://127.0.0.1:1/") with { MinimumBytes = DiskBytes + 1 }, CancellationToken.None);

        Assert.Equal(RescueError.DiskTooSmall, outcome.Failure?.Error);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_probed_is_not_taken_for_an_empty_one()
    {
        File.Delete(FakeRescueRoot.DiskOf(_sshd));

        var outcome = await _session.WipeAsync(new WipeRequest(s_identity, s_disk, DiskOwner.Nobody), CancellationToken.None);

        Assert.Equal(RescueError.CommandFailed, outcome.Failure?.Error);
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task An_attempt_has_a_name_that_stays_in_its_directory(string attempt) =>
        Assert.Equal(RescueError.BadRequest, (await _session.InstallStatusAsync(attempt, CancellationToken.None)).Failure?.Error);

    private static InstallRequest Install(string url) => new("attempt-1", s_identity, s_disk, DiskOwner.Talos, url);

    private static async Task<T> Value<T>(Task<Outcome<T, RescueFailure>> asking)
    {
        var outcome = await asking;
        Assert.True(outcome.Succeeded, outcome.Failure?.ToString());
        return outcome.Value;
    }

    private async Task<InstallStatus> EndAsync()
    {
        InstallStatus? status = null;
        await Eventually.BecomesTrueAsync(async () =>
        {
            status = await Value(_session.InstallStatusAsync("attempt-1", CancellationToken.None));
            return status.State != AttemptState.Running;
        });
        return status!;
    }

    private async Task MakeSignatureAsync(string tool) => await Sshd.RunAsync(tool, ["-q", "-F", FakeRescueRoot.DiskOf(_sshd)]);

    /// <summary>A disk image: a partition table of the old kind with one partition, and noise that no packer can shrink.</summary>
    private static byte[] MakeImage()
    {
        var image = new byte[12 << 20];
        new Random(1).NextBytes(image);
        image.AsSpan(0, 512).Clear();
        // Type 0x83 from sector 2048 on, 16384 sectors long; then the mark at the end of the sector.
        byte[] partition = [0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 64, 0, 0];
        partition.CopyTo(image.AsSpan(446));
        (image[510], image[511]) = (0x55, 0xaa);
        return image;
    }

    private async Task<bool> StartsWithAsync(byte[] expected)
    {
        var disk = await File.ReadAllBytesAsync(FakeRescueRoot.DiskOf(_sshd));
        return disk.AsSpan(0, expected.Length).SequenceEqual(expected);
    }
}
