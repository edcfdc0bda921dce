using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Robot;

namespace Caphr.Lab.Tests.Robot;

/// <summary>Each scenario is seen from outside, and the client of CAPHR is not led astray by it.</summary>
public sealed class RobotScenarioTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly LabRobot _robot;
    private readonly HttpClient _http = new();
    private RobotClient? _client;

    public RobotScenarioTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 10 }, _clock);
        _robot = new LabRobot(_world, new LabRobotOptions());
    }

    private LabServer Server => _world.Servers[0];

    public async Task InitializeAsync()
    {
        await _robot.StartAsync(default);
        _http.BaseAddress = _robot.BaseAddress;
        Login("robot-demo");
        _client = new RobotClient(new RobotClientOptions { BaseAddress = _robot.BaseAddress }, new RobotCredentials("robot", "robot-demo"), _clock);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        _http.Dispose();
        await _robot.DisposeAsync();
    }

    [Theory]
    [InlineData(RobotScenario.SingleValuesForLists, "/boot/{server}/rescue", "\"os\":\"linux\"")]
    [InlineData(RobotScenario.SingleValuesForLists, "/reset/{server}", "\"type\":\"sw\"")]
    [InlineData(RobotScenario.ObjectsForLists, "/firewall/{server}", "\"input\":{}")]
    [InlineData(RobotScenario.NullLists, "/server", "\"subnet\":null")]
    [InlineData(RobotScenario.NumbersAsStrings, "/server", "\"server_number\":\"2938101\"")]
    [InlineData(RobotScenario.NumbersAsStrings, "/ip/{ip}", "\"mask\":\"26\"")]
    [InlineData(RobotScenario.EmptyLists, "/rdns", "[]")]
    [InlineData(RobotScenario.EmptyLists, "/key", "[]")]
    [InlineData(RobotScenario.NoIpv4, "/server", "\"server_ip\":null")]
    [InlineData(RobotScenario.EmptyIpv4, "/server", "\"server_ip\":\"\"")]
    [InlineData(RobotScenario.PrefixedNetworks, "/server", "::/64\"")]
    [InlineData(RobotScenario.DeprecatedArch, "/boot/{server}/rescue", "\"@deprecated arch\":[64]")]
    [InlineData(RobotScenario.SingleValuesForLists, "/server/{server}/cancellation", "\"cancellation_reason\":\"Upgrade")]
    [InlineData(RobotScenario.DashedDates, "/server/{server}/cancellation", "\"cancellation-date\":null")]
    [InlineData(RobotScenario.DashedDates, "/ip/{ip}/cancellation", "\"cancellation-date\":null")]
    [InlineData(RobotScenario.HtmlErrors, "/server/1", "<html>")]
    [InlineData(RobotScenario.Maintenance, "/server", "<html>")]
    public async Task A_scenario_shows_while_it_is_on(RobotScenario scenario, string path, string expected)
    {
        Assert.DoesNotContain(expected, await TextAsync(path), StringComparison.Ordinal);

        _robot.Switch(scenario, on: true);
        Assert.Contains(expected, await TextAsync(path), StringComparison.Ordinal);

        _robot.Switch(scenario, on: false);
        Assert.DoesNotContain(expected, await TextAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_can_be_missing()
    {
        _robot.Switch(RobotScenario.MissingLists, on: true);

        var server = JsonNode.Parse(await TextAsync("/server"))![0]!["server"]!.AsObject();

        Assert.False(server.ContainsKey("ip"));
        Assert.False(server.ContainsKey("subnet"));
    }

    [Theory]
    [InlineData(RobotScenario.InProgress, "in progress")]
    [InlineData(RobotScenario.Processing, "processing")]
    public async Task Not_ready_yet_has_other_words_and_ends_after_its_time(RobotScenario scenario, string word)
    {
        _robot.Switch(scenario, on: true);
        var id = (await _client!.CreateVSwitch("private", 4000, default)).Value.Id;
        await _client.AttachToVSwitch(id, [Server.Number], default);

        Assert.Contains($"\"status\":\"{word}\"", await TextAsync($"/vswitch/{id}"), StringComparison.Ordinal);
        Assert.True((await _client.GetVSwitch(id, default)).Value.IsInProcess);
        Assert.Equal(RobotError.InProcess, (await _client.AttachToVSwitch(id, [_world.Servers[1].Number], default)).Failure?.Error);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False((await _client.GetVSwitch(id, default)).Value.IsInProcess);
        Assert.True((await _client.DetachFromVSwitch(id, [Server.Number], default)).Succeeded);
        Assert.Empty((await _client.GetVSwitch(id, default)).Value.Servers);
    }

    [Fact]
    public async Task A_change_can_be_accepted_with_an_empty_body_and_is_made()
    {
        _robot.Switch(RobotScenario.EmptyBodies, on: true);

        Assert.True((await _client!.Reset(Server.Number, ResetType.Hardware, default)).Succeeded);
        Assert.Equal(RobotError.Garbled, (await _client.ActivateRescue(Server.Number, [], default)).Failure?.Error);

        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
        Assert.NotNull(Server.PendingRescue);
    }

    [Theory]
    [InlineData(null, "max_request\":", RobotError.RateLimited)]
    [InlineData(RobotScenario.MaxRequests, "max_requests\":", RobotError.RateLimited)]
    [InlineData(RobotScenario.SilentQuotas, "", RobotError.ForbiddenWithoutReason)]
    public async Task A_used_up_quota_has_three_shapes(RobotScenario? scenario, string expected, RobotError error)
    {
        if (scenario is { } on) _robot.Switch(on, on: true);
        for (var i = 0; i < 10; i++) Assert.True((await _client!.WakeOnLan(Server.Number, default)).Succeeded);

        Assert.Equal(error, (await _client!.WakeOnLan(Server.Number, default)).Failure?.Error);
        using var response = await _http.PostAsync(new Uri($"/wol/{Server.Number}", UriKind.Relative), new FormUrlEncodedContent([]));
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.Forbidden, expected.Length == 0), (response.StatusCode, body.Length == 0));
        Assert.Contains(expected, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quota_that_is_shared_is_used_up_at_half()
    {
        _robot.Switch(RobotScenario.SharedQuotas, on: true);
        for (var i = 0; i < 5; i++) Assert.True((await _client!.WakeOnLan(Server.Number, default)).Succeeded);

        Assert.Equal(RobotError.RateLimited, (await _client!.WakeOnLan(Server.Number, default)).Failure?.Error);
        _robot.Switch(RobotScenario.SharedQuotas, on: false);
        Assert.True((await _client.WakeOnLan(Server.Number, default)).Succeeded);
    }

    [Fact]
    public async Task An_order_that_was_used_up_is_called_active_for_a_minute()
    {
        _robot.Switch(RobotScenario.LateActive, on: true);
        Server.OrderRescue("secret", [], []);
        Server.PressReset(ResetKind.Hardware);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(Server.PendingRescue);

        Assert.True((await _client!.GetRescue(Server.Number, default)).Value.Active);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await _client.GetRescue(Server.Number, default)).Value.Active);
    }

    [Fact]
    public async Task A_blocked_address_can_be_told_that_the_login_is_wrong()
    {
        _robot.Switch(RobotScenario.BlockedAsUnauthorized, on: true);
        Login("wrong");
        for (var i = 0; i < 3; i++) await TextAsync("/server");

        Assert.Equal(RobotError.Unauthorized, (await _client!.ListServers(default)).Failure?.Error);
        _robot.Switch(RobotScenario.BlockedAsUnauthorized, on: false);
        Assert.Equal(RobotError.ForbiddenWithoutReason, (await _client.ListServers(default)).Failure?.Error);
    }

    [Fact]
    public async Task A_changed_password_is_the_only_one_that_is_taken()
    {
        _robot.Switch(RobotScenario.PasswordChanged, on: true);

        Assert.Equal(RobotError.Unauthorized, (await _client!.ListServers(default)).Failure?.Error);
        Login("robot-demo-new");
        Assert.Contains("server_number", await TextAsync("/server"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocked_address_can_be_hung_up_on()
    {
        Login("wrong");
        for (var i = 0; i < 3; i++) await TextAsync("/server");
        _robot.Switch(RobotScenario.BlockedAsHangUp, on: true);

        Assert.Equal(RobotError.ConnectionLost, (await _client!.ListServers(default)).Failure?.Error);
    }

    /// <summary>What the client says of a server is the same in every shape.</summary>
    [Theory]
    [InlineData(RobotScenario.SingleValuesForLists)]
    [InlineData(RobotScenario.ObjectsForLists)]
    [InlineData(RobotScenario.NullLists)]
    [InlineData(RobotScenario.MissingLists)]
    [InlineData(RobotScenario.NumbersAsStrings)]
    [InlineData(RobotScenario.EmptyLists)]
    [InlineData(RobotScenario.PrefixedNetworks)]
    [InlineData(RobotScenario.DeprecatedArch)]
    public async Task The_client_reads_the_same_in_every_shape(RobotScenario scenario)
    {
        var plain = (await _client!.GetServer(Server.Number, default)).Value;
        var gateway = (await _client.GetIp(Server.Address, default)).Value;

        _robot.Switch(scenario, on: true);

        Assert.Equal(plain, (await _client.GetServer(Server.Number, default)).Value);
        Assert.Equal(gateway, (await _client.GetIp(Server.Address, default)).Value);
        Assert.False((await _client.GetRescue(Server.Number, default)).Value.Active);
        Assert.Equal(FirewallState.Disabled, (await _client.GetFirewall(Server.Number, default)).Value.State);
        Assert.Empty((await _client.ListRdns(default)).Value);
    }

    [Fact]
    public async Task A_firewall_tells_again_what_was_written_and_takes_nothing_else_for_half_a_minute()
    {
        var firewall = new RobotFirewall
        {
            State = FirewallState.Active,
            AllowsHetznerServices = true,
            Input = [new FirewallRule { Accepts = true, Protocol = "tcp", DestinationPort = "22" }, new FirewallRule { Accepts = false }],
            Output = [new FirewallRule { Accepts = true }],
        };

        Assert.Equal(FirewallState.InProcess, (await _client!.SetFirewall(Server.Number, firewall, default)).Value.State);
        Assert.Equal(RobotError.InProcess, (await _client.SetFirewall(Server.Number, firewall, default)).Failure?.Error);

        _clock.Advance(TimeSpan.FromSeconds(3));
        var written = (await _client.GetFirewall(Server.Number, default)).Value;
        Assert.Equal((FirewallState.Active, true), (written.State, written.AllowsHetznerServices));
        Assert.Equal(firewall.Input, written.Input);
        Assert.Equal(firewall.Output, written.Output);
    }

    [Fact]
    public async Task Names_failover_and_servers_can_be_changed()
    {
        var address = Server.Address;
        Assert.True((await _client!.CreateRdns(address, "a.example", default)).Succeeded);
        Assert.Equal(RobotError.Conflict, (await _client.CreateRdns(address, "b.example", default)).Failure?.Error);
        Assert.Equal("a.example", (await _client.FindRdns(address, default)).Value?.Name);

        var failover = Assert.Single((await _client.ListFailovers(default)).Value);
        Assert.Null(failover.ActiveServer);
        Assert.True((await _client.RouteFailover(failover.Address, address, default)).Succeeded);
        Assert.True((await _client.RouteFailover(failover.Address, address, default)).Succeeded);
        Assert.Equal(address, (await _client.GetFailover(failover.Address, default)).Value.ActiveServer);

        Assert.Equal("renamed", (await _client.RenameServer(Server.Number, "renamed", default)).Value.Name);
        Assert.Contains("renamed", (await _client.ListServers(default)).Value.Select(server => server.Name));
    }

    private void Login(string password) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"robot:{password}")));

    private async Task<string> TextAsync(string path)
    {
        var filled = path.Replace("{server}", $"{Server.Number}", StringComparison.Ordinal).Replace("{ip}", $"{Server.Address}", StringComparison.Ordinal);
        using var response = await _http.GetAsync(new Uri(filled, UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }
}
