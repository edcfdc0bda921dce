using System.Text;
using Caphr.Lab.Rescue;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Tests.Rescue;

/// <summary>The Lab's rescue systems, talked to by the client that talks to real ones.</summary>
public sealed class LabRescueTests : IAsyncLifetime, IDisposable
{
    private static readonly HardwareTimes s_quick = new()
    {
        ShutdownGrace = TimeSpan.FromMilliseconds(100),
        SelfTest = TimeSpan.FromMilliseconds(100),
        RescueBoot = TimeSpan.FromMilliseconds(100),
        NetworkFallThrough = TimeSpan.FromMilliseconds(100),
        TalosBoot = TimeSpan.FromMilliseconds(100),
        ImageWrite = TimeSpan.FromSeconds(2),
    };

    private readonly LabWorld _world = new(new WorldOptions { Servers = 3, TimeScale = 10, Times = s_quick, Network = 91 }, Clock.Real);
    private readonly SshUserKey _key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;
    private readonly RescueConnector _connector = new(new RescueConnectorOptions(), Clock.Real);
    private readonly ImageServer _images = new();
    private LabRescue _rescue = null!;

    private LabServer Server => _world.Servers[0];

    private ServerIdentity Identity => new(Server.Description.PrimaryMac, Server.Description.SystemUuid);

    private DiskIdentity FirstDisk => new(Serial: Server.Description.Disks[0].Serial);

    public Task InitializeAsync()
    {
        _rescue = new LabRescue(_world, new LabRescueOptions { Port = 0 });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _rescue.DisposeAsync();
        await _images.DisposeAsync();
    }

    public void Dispose()
    {
        _connector.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task A_server_in_rescue_proves_itself_with_every_marker_and_its_identity()
    {
        await using var session = await EnterRescueAsync();

        var proof = (await session.ProveAsync(CancellationToken.None)).Value;

        Assert.Equal(["hostname", "hetzner-build", "installimage", "memory-root"], proof.Markers);
        Assert.Equal(Server.Description.PrimaryMac, proof.BootMac);
        Assert.Equal(Server.Description.SystemUuid, proof.SystemUuid);
    }

    [Fact]
    public async Task Inspection_finds_every_disk_by_its_stable_names()
    {
        await using var session = await EnterRescueAsync();

        var inventory = (await session.InspectAsync(CancellationToken.None)).Value;

        Assert.Equal(FirmwareKind.Uefi, inventory.Firmware);
        Assert.Equal(Server.Description.Disks.Select(disk => (disk.Serial, disk.Wwn, disk.SizeBytes)), inventory.Disks.Select(disk => (disk.Serial!, disk.Wwn!, disk.SizeBytes)));
        Assert.All(inventory.Disks, disk => Assert.Empty(disk.Signatures));
    }

    [Fact]
    public async Task Every_boot_has_a_host_key_of_its_own()
    {
        HostKey first;
        await using (var session = await EnterRescueAsync()) first = session.HostKey;
        await EnterRescueSilentlyAsync();

        var pinned = await ConnectAsync(new HostKeyPolicy.Pinned(first.Sha256Fingerprint));
        await using var seen = (await ConnectAsync(new HostKeyPolicy.FirstSight())).Value;

        Assert.Equal(RescueError.HostKeyChanged, pinned.Failure?.Error);
        Assert.Equal(_rescue.HostKeyOf(Server), seen.HostKey);
    }

    [Fact]
    public async Task Only_the_keys_of_the_order_log_in()
    {
        using var other = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;
        await EnterRescueSilentlyAsync(other.PublicKeyLine);

        Assert.Equal(RescueError.AuthenticationRefused, (await ConnectAsync(new HostKeyPolicy.FirstSight())).Failure?.Error);
    }

    [Fact]
    public async Task A_key_may_be_ordered_by_its_Robot_fingerprint()
    {
        Server.OrderRescue("password", [_key.Md5Fingerprint], []);
        await BootIntoRescueAsync();

        Assert.True((await ConnectAsync(new HostKeyPolicy.FirstSight())).Succeeded);
    }

    [Fact]
    public async Task Only_root_logs_in()
    {
        await EnterRescueSilentlyAsync();
        using var connector = new RescueConnector(new RescueConnectorOptions { User = "admin" }, Clock.Real);

        var outcome = await connector.ConnectAsync(Endpoint(), _key, new HostKeyPolicy.FirstSight(), CancellationToken.None);

        Assert.Equal(RescueError.AuthenticationRefused, outcome.Failure?.Error);
    }

    [Fact]
    public async Task A_strangers_Linux_answers_and_lets_nobody_in()
    {
        var disk = Server.Description.Disks[0];
        Server.BeginDiskWrite(disk, "test");
        Server.EndDiskWrite(disk, new DiskContent.OldLinux("old"), "test");
        Server.PressReset(ResetKind.Hardware);
        await BecomesAsync<RunningSystem.Linux>();

        Assert.Equal(RescueError.AuthenticationRefused, (await ConnectAsync(new HostKeyPolicy.FirstSight())).Failure?.Error);
    }

    [Fact]
    public async Task A_reset_cuts_the_connection_and_closes_the_port()
    {
        await using var session = await EnterRescueAsync();
        var endpoint = Endpoint();

        Server.PressReset(ResetKind.Hardware);

        Assert.Equal(RescueError.ConnectionLost, (await session.ProveAsync(CancellationToken.None)).Failure?.Error);
        Assert.Null(_rescue.EndpointOf(Server));
        var again = await _connector.ConnectAsync(endpoint, _key, new HostKeyPolicy.FirstSight(), CancellationToken.None);
        Assert.Equal(RescueError.Refused, again.Failure?.Error);
    }

    [Fact]
    public async Task An_install_is_written_once_however_often_it_is_asked_for()
    {
        await using var session = await EnterRescueAsync();
        var request = Install("attempt-1");

        _images.Hold();
        var first = (await session.StartInstallAsync(request, CancellationToken.None)).Value;
        var second = (await session.StartInstallAsync(request, CancellationToken.None)).Value;
        _images.LetGo();
        var ended = await EndOfInstallAsync(session, "attempt-1");
        var third = (await session.StartInstallAsync(request, CancellationToken.None)).Value;

        Assert.Equal(AttemptState.Running, first.State);
        Assert.Equal(AttemptState.Running, second.State);
        Assert.Equal(new InstallStatus(AttemptState.Done, 4L << 30, null, null, _images.Sha256), ended);
        Assert.Equal(ended, third);
        Assert.Equal(1, _images.Requests);
        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.DiskWriteStarted));
        Assert.Equal(new DiskContent.Talos("v1.11.2", null), Server.Description.Disks[0].Content);
    }

    [Fact]
    public async Task An_install_goes_on_without_the_session_that_started_it()
    {
        await using (var session = await EnterRescueAsync()) await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);

        await using var later = (await ConnectAsync(new HostKeyPolicy.FirstSight())).Value;

        Assert.Equal(AttemptState.Done, (await EndOfInstallAsync(later, "attempt-1")).State);
    }

    [Fact]
    public async Task An_install_dies_with_its_boot_and_leaves_the_disk_half_written()
    {
        await using var session = await EnterRescueAsync();
        // Else it might be written before it is looked at.
        Assert.Null(_world.Faults.Plan(FaultText.Read($"server {Server.Number} slow-disk").Value));
        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);
        await Eventually.BecomesTrueAsync(() => _world.Ledger.Count(Server.Number, Fact.DiskWriteStarted) == 1);

        await EnterRescueSilentlyAsync();
        await using var next = (await ConnectAsync(new HostKeyPolicy.FirstSight())).Value;

        Assert.Equal(AttemptState.Absent, (await next.InstallStatusAsync("attempt-1", CancellationToken.None)).Value.State);
        Assert.IsType<DiskContent.HalfWritten>(Server.Description.Disks[0].Content);
        Assert.Equal(0, _world.Ledger.Count(Server.Number, Fact.DiskWritten));
    }

    [Fact]
    public async Task An_image_that_is_not_there_fails_and_touches_no_disk()
    {
        await using var session = await EnterRescueAsync();

        await session.StartInstallAsync(Install("attempt-1") with { Url = _images.Missing }, CancellationToken.None);
        var ended = await EndOfInstallAsync(session, "attempt-1");

        Assert.Equal(InstallError.DownloadFailed, ended.Error?.Code);
        Assert.Equal(0, _world.Ledger.Count(Server.Number, Fact.DiskWriteStarted));
    }

    [Fact]
    public async Task A_wrong_checksum_fails_and_leaves_nothing_that_boots()
    {
        await using var session = await EnterRescueAsync();

        await session.StartInstallAsync(Install("attempt-1") with { Sha256 = new string('0', 64) }, CancellationToken.None);
        var ended = await EndOfInstallAsync(session, "attempt-1");

        Assert.Equal(InstallError.ChecksumMismatch, ended.Error?.Code);
        Assert.IsType<DiskContent.HalfWritten>(Server.Description.Disks[0].Content);
    }

    [Fact]
    public async Task Two_writers_do_not_share_a_server()
    {
        await using var session = await EnterRescueAsync();
        _images.Hold();

        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);
        var second = await session.StartInstallAsync(Install("attempt-2"), CancellationToken.None);
        var wipe = await session.WipeAsync(new WipeRequest(Identity, FirstDisk, DiskOwner.Anyone), CancellationToken.None);

        Assert.Equal(RescueError.Busy, second.Failure?.Error);
        Assert.Equal(["attempt-1"], second.Failure!.Evidence);
        Assert.Equal(RescueError.Busy, wipe.Failure?.Error);
    }

    [Fact]
    public async Task Nothing_is_changed_on_a_server_that_is_not_the_one_meant()
    {
        await using var session = await EnterRescueAsync();
        var wrong = new ServerIdentity("a8:a1:59:00:00:00", null);

        Assert.Equal(RescueError.WrongIdentity, (await session.StartInstallAsync(Install("a") with { Identity = wrong }, CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.WrongIdentity, (await session.WipeAsync(new WipeRequest(wrong, FirstDisk, DiskOwner.Anyone), CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.WrongIdentity, (await session.BootAsync(new BootRequest(wrong, FirstDisk, AllowKexec: true), CancellationToken.None)).Failure?.Error);
        Assert.Equal(RescueError.BadRequest, (await session.BootAsync(new BootRequest(new ServerIdentity(null, null), FirstDisk, AllowKexec: true), CancellationToken.None)).Failure?.Error);
        Assert.Equal(0, _world.Ledger.Count(Server.Number, Fact.DiskWiped) + _world.Ledger.Count(Server.Number, Fact.RebootedInBand));
    }

    [Fact]
    public async Task A_disk_that_is_not_there_or_not_alone_is_refused_with_those_that_are()
    {
        await using var session = await EnterRescueAsync();

        var missing = await session.StartInstallAsync(Install("a") with { Disk = new DiskIdentity(Wwn: "eui.0") }, CancellationToken.None);
        var unnamed = await session.StartInstallAsync(Install("a") with { Disk = new DiskIdentity() }, CancellationToken.None);

        Assert.Equal(RescueError.DiskNotFound, missing.Failure?.Error);
        Assert.Equal(2, missing.Failure!.Evidence.Count);
        Assert.Equal(RescueError.BadRequest, unnamed.Failure?.Error);
    }

    [Fact]
    public async Task An_old_installation_is_kept_until_somebody_says_that_it_may_go()
    {
        var disk = Server.Description.Disks[0];
        Server.BeginDiskWrite(disk, "test");
        Server.EndDiskWrite(disk, new DiskContent.OldLinux("old"), "test");
        await using var session = await EnterRescueAsync();

        var kept = await session.WipeAsync(new WipeRequest(Identity, FirstDisk, DiskOwner.Talos), CancellationToken.None);
        Assert.Equal(RescueError.ForeignData, kept.Failure?.Error);
        Assert.IsType<DiskContent.OldLinux>(disk.Content);

        var wiped = (await session.WipeAsync(new WipeRequest(Identity, FirstDisk, DiskOwner.Anyone), CancellationToken.None)).Value;
        Assert.Equal(["gpt"], wiped.Removed);
        Assert.IsType<DiskContent.Empty>(disk.Content);
    }

    [Fact]
    public async Task A_full_wipe_waits_for_nobody_and_is_carried_out_once()
    {
        await using var session = await EnterRescueAsync();
        var request = new FullWipeRequest("full-1", Identity, FirstDisk, DiskOwner.Anyone);
        _images.Hold();
        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);

        var busy = await session.WipeFullyAsync(request, CancellationToken.None);
        _images.LetGo();
        await EndOfInstallAsync(session, "attempt-1");
        FullWipeStatus? status = null;
        await Eventually.BecomesTrueAsync(async () => (status = (await session.WipeFullyAsync(request, CancellationToken.None)).Value).State != AttemptState.Running);

        Assert.Equal(RescueError.Busy, busy.Failure?.Error);
        Assert.Equal(["attempt-1"], busy.Failure!.Evidence);
        Assert.Equal((AttemptState.Done, Server.Description.Disks[0].SizeBytes), (status!.State, status.BytesWritten));
        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.DiskWiped));
    }

    [Fact]
    public async Task An_installed_disk_can_be_seeded_and_an_empty_one_cannot()
    {
        await using var session = await EnterRescueAsync();
        var request = new SeedRequest(Identity, FirstDisk, [new SeededFile("BOOT", "a/b", new byte[1])], [new SeededPartition("META", new byte[1])]);

        var empty = await session.SeedAsync(request, CancellationToken.None);
        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);
        await EndOfInstallAsync(session, "attempt-1");
        var seeded = (await session.SeedAsync(request, CancellationToken.None)).Value;

        Assert.Equal(RescueError.PartitionNotFound, empty.Failure?.Error);
        Assert.Equal(["/dev/nvme0n1p3:/a/b", "/dev/nvme0n1p4"], seeded.Written.Select(one => one.Replace(Server.Description.Disks[0].Name, "nvme0n1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_firmware_asks_the_network_first_and_gets_an_entry_of_the_installed_disk_once()
    {
        await using var session = await EnterRescueAsync();
        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);
        await EndOfInstallAsync(session, "attempt-1");

        var first = (await session.OrderBootAsync(new FirmwareRequest(Identity, FirstDisk), CancellationToken.None)).Value;
        var second = (await session.OrderBootAsync(new FirmwareRequest(Identity, FirstDisk), CancellationToken.None)).Value;

        Assert.Equal([BootEntryKind.Network, BootEntryKind.Disk], first.Order.Select(entry => entry.Kind));
        Assert.True(first.Created);
        Assert.False(second.Created);
    }

    [Theory]
    [InlineData(true, BootMethod.Kexec)]
    [InlineData(false, BootMethod.Firmware)]
    public async Task Leaving_for_the_installed_system_is_answered_first(bool allowKexec, BootMethod expected)
    {
        await using var session = await EnterRescueAsync();
        await session.StartInstallAsync(Install("attempt-1"), CancellationToken.None);
        await EndOfInstallAsync(session, "attempt-1");

        var report = (await session.BootAsync(new BootRequest(Identity, FirstDisk, allowKexec), CancellationToken.None)).Value;
        await BecomesAsync<RunningSystem.TalosMaintenance>();

        Assert.Equal(expected, report.Method);
        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.RebootedInBand));
        Assert.Equal(RescueError.ConnectionLost, (await session.ProveAsync(CancellationToken.None)).Failure?.Error);
    }

    [Fact]
    public async Task What_the_rescue_system_does_not_know_is_a_command_not_found()
    {
        await using var session = await EnterRescueAsync();

        Assert.Equal(127, (await session.ExecuteAsync("frobnicate", default, CancellationToken.None)).Value.ExitStatus);
        Assert.Equal("rescue\n", Encoding.UTF8.GetString((await session.ExecuteAsync("hostname", default, CancellationToken.None)).Value.Output.Span));
    }

    [Fact]
    public async Task Many_callers_at_once_are_served()
    {
        await EnterRescueSilentlyAsync();

        var proofs = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await using var session = (await ConnectAsync(new HostKeyPolicy.FirstSight())).Value;
            return (await session.ProveAsync(CancellationToken.None)).Value.SystemUuid;
        }));

        Assert.All(proofs, uuid => Assert.Equal(Server.Description.SystemUuid, uuid));
    }

    [Fact]
    public async Task Of_thousands_of_short_commands_none_waits_for_a_packet_that_has_already_come()
    {
        await EnterRescueSilentlyAsync();
        using var impatient = new RescueConnector(new RescueConnectorOptions { CommandTimeout = TimeSpan.FromSeconds(20) }, Clock.Real);

        var failures = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var session = (await impatient.ConnectAsync(Endpoint(), _key, new HostKeyPolicy.FirstSight(), CancellationToken.None)).Value;
            for (var i = 0; i < 1000; i++)
            {
                var outcome = await session.ProveAsync(CancellationToken.None);
                if (!outcome.Succeeded) return outcome.Failure;
            }

            return null;
        }));

        Assert.All(failures, Assert.Null);
    }

    private InstallRequest Install(string attempt) => new(attempt, Identity, FirstDisk, DiskOwner.Talos, _images.Image);

    private RescueEndpoint Endpoint()
    {
        var endpoint = _rescue.EndpointOf(Server)!;
        return new RescueEndpoint(endpoint.Address, endpoint.Port);
    }

    private Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(HostKeyPolicy policy) =>
        _connector.ConnectAsync(Endpoint(), _key, policy, CancellationToken.None);

    private async Task<RescueSession> EnterRescueAsync()
    {
        await EnterRescueSilentlyAsync();
        return (await ConnectAsync(new HostKeyPolicy.FirstSight())).Value;
    }

    private Task EnterRescueSilentlyAsync(string? publicKeyLine = null)
    {
        Server.OrderRescue("password", [], [publicKeyLine ?? _key.PublicKeyLine]);
        return BootIntoRescueAsync();
    }

    private async Task BootIntoRescueAsync()
    {
        Server.PressReset(ResetKind.Hardware);
        await BecomesAsync<RunningSystem.Rescue>();
        await Eventually.BecomesTrueAsync(() => _rescue.EndpointOf(Server) is not null);
    }

    private Task BecomesAsync<T>() => Eventually.BecomesTrueAsync(() => Server.Running is T);

    private static async Task<InstallStatus> EndOfInstallAsync(RescueSession session, string attempt)
    {
        InstallStatus? status = null;
        await Eventually.BecomesTrueAsync(async () =>
        {
            status = (await session.InstallStatusAsync(attempt, CancellationToken.None)).Value;
            return status.State != AttemptState.Running;
        });
        return status!;
    }
}
