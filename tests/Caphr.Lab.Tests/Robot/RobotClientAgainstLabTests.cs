using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Lab.Tests.Robot;

/// <summary>Our client and the Lab hold each other to the same API.</summary>
public sealed class RobotClientAgainstLabTests : IAsyncLifetime
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl caphr";

    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly LabRobot _lab;
    private RobotClient? _client;

    public RobotClientAgainstLabTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 1 }, _clock);
        _lab = new LabRobot(_world, new LabRobotOptions());
    }

    private RobotClient Robot => _client!;

    private LabServer Server => _world.Servers[0];

    public async Task InitializeAsync()
    {
        await _lab.StartAsync(default);
        _client = Client("robot-demo");
    }

    public async Task DisposeAsync()
    {
        Robot.Dispose();
        await _lab.DisposeAsync();
    }

    [Fact]
    public async Task A_server_is_brought_into_rescue_by_key_order_and_reset()
    {
        var fingerprint = SshKeyFingerprint.OfOpenSsh(PublicKey)!;
        Assert.Null((await Robot.FindKey(fingerprint, default)).Value);
        Assert.True((await Robot.CreateKey("caphr", PublicKey, default)).Succeeded);
        Assert.True((await Robot.CreateKey("again", PublicKey, default)).Succeeded);
        Assert.Equal("caphr", (await Robot.FindKey(fingerprint, default)).Value!.Name);

        var ordered = (await Robot.ActivateRescue(Server.Number, [fingerprint], default)).Value;
        Assert.True(ordered.Active);
        Assert.Equal([fingerprint], ordered.AuthorizedFingerprints);
        Assert.True((await Robot.Reset(Server.Number, ResetType.Hardware, default)).Succeeded);
        _clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(ordered.Password, Assert.IsType<RunningSystem.Rescue>(Server.Running).Order.Password);
        Assert.False((await Robot.GetRescue(Server.Number, default)).Value.Active);
    }

    [Fact]
    public async Task An_order_can_be_taken_back()
    {
        await Robot.ActivateRescue(Server.Number, [], default);

        Assert.True((await Robot.DeactivateRescue(Server.Number, default)).Succeeded);

        Assert.Null(Server.PendingRescue);
        Assert.False((await Robot.GetRescue(Server.Number, default)).Value.Active);
    }

    [Fact]
    public async Task Everything_about_a_server_can_be_read()
    {
        var listed = (await Robot.ListServers(default)).Value;
        var server = (await Robot.GetServer(Server.Number, default)).Value;
        var resets = (await Robot.ListResets(default)).Value;
        var ip = (await Robot.GetIp(Server.Address, default)).Value;

        Assert.Equal(_world.Servers.Select(known => known.Number), listed.Select(known => known.Number));
        Assert.Equal((Server.Address, Server.Description.Product, true), (server.Ipv4, server.Product, server.Ready));
        Assert.Equal([true, false], resets.Select(reset => reset.Offers(ResetType.Software)));
        Assert.Equal(OperatingStatus.Running, (await Robot.GetReset(_world.Servers[1].Number, default)).Value.OperatingStatus);
        Assert.Equal((Server.Description.Gateway, 26, Server.Number), (ip.Gateway?.ToString(), ip.PrefixLength, ip.ServerNumber));
    }

    [Fact]
    public async Task An_account_without_servers_lists_none()
    {
        await using var empty = new LabRobot(new LabWorld(new WorldOptions { Servers = 0 }, _clock), new LabRobotOptions());
        await empty.StartAsync(default);
        using var client = Client("robot-demo", empty);

        Assert.Empty((await client.ListServers(default)).Value);
        Assert.Empty((await client.ListResets(default)).Value);
    }

    [Fact]
    public async Task A_lost_reply_to_a_reset_is_unknown_and_was_one_press()
    {
        _lab.Inject(new RobotFault.LoseReply(), method: HttpMethod.Post);

        var failure = (await Robot.Reset(Server.Number, ResetType.Hardware, default)).Failure;

        Assert.Equal(RetryClass.Unknown, failure?.Retry);
        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
    }

    [Fact]
    public async Task A_wrong_password_is_told_from_the_block_that_follows()
    {
        using var wrong = Client("wrong");

        for (var i = 0; i < 3; i++) Assert.Equal(RobotError.Unauthorized, (await wrong.ListServers(default)).Failure?.Error);
        Assert.Equal(RobotError.ForbiddenWithoutReason, (await wrong.ListServers(default)).Failure?.Error);
    }

    [Fact]
    public async Task A_used_up_quota_names_its_window()
    {
        for (var i = 0; i < 200; i++) await Robot.ListServers(default);

        var failure = (await Robot.GetServer(Server.Number, default)).Failure;

        Assert.Equal((RobotError.RateLimited, TimeSpan.FromHours(1)), (failure?.Error, failure?.RetryAfter));
        Assert.True((await Robot.ListResets(default)).Succeeded);
    }

    [Fact]
    public async Task A_technicians_reset_stands_in_the_way()
    {
        await Robot.Reset(Server.Number, ResetType.Manual, default);

        Assert.Equal(RobotError.ManualResetActive, (await Robot.Reset(Server.Number, ResetType.Hardware, default)).Failure?.Error);
    }

    [Fact]
    public async Task A_server_of_somebody_else_is_not_found()
    {
        Assert.Equal(RobotError.ServerNotFound, (await Robot.GetServer(4711, default)).Failure?.Error);
        Assert.Equal(RobotError.ServerNotFound, (await Robot.Reset(4711, ResetType.Hardware, default)).Failure?.Error);
    }

    private RobotClient Client(string password, LabRobot? lab = null) =>
        new(new RobotClientOptions { BaseAddress = (lab ?? _lab).BaseAddress }, new RobotCredentials("robot", password), new WallClock());

    /// <summary>The world's clock stands still; the client's time-outs must not.</summary>
    private sealed class WallClock : TimeProvider;
}
