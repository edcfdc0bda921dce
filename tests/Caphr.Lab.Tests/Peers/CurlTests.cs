using System.Text.Json.Nodes;
using Caphr.Lab.Robot;
using Caphr.Lab.World;

namespace Caphr.Lab.Tests.Peers;

/// <summary>curl at the Lab's Robot, with the options that Robot's documentation uses.</summary>
public sealed class CurlTests : IAsyncLifetime
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl";

    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly LabRobot _robot;

    public CurlTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 1, TimeScale = 1 }, _clock);
        _robot = new LabRobot(_world, new LabRobotOptions());
    }

    public Task InitializeAsync() => _robot.StartAsync(default);

    public async Task DisposeAsync() => await _robot.DisposeAsync();

    [Fact]
    public async Task A_server_is_ordered_into_rescue_by_forms()
    {
        var server = _world.Servers[0];
        var (status, key) = await CurlAsync("key", "--data-urlencode", "name=mine", "--data-urlencode", $"data={PublicKey}");
        Assert.Equal(201, status);

        var fingerprint = (string)key["key"]!["fingerprint"]!;
        var (_, ordered) = await CurlAsync($"boot/{server.Number}/rescue", "-d", "os=linux", "-d", $"authorized_key[]={fingerprint}");
        Assert.True((bool)ordered["rescue"]!["active"]!);
        Assert.Equal(fingerprint, (string?)ordered["rescue"]!["authorized_key"]![0]!["key"]!["fingerprint"]);

        Assert.Equal("hw", (string?)(await CurlAsync($"reset/{server.Number}", "-d", "type=hw")).Body["reset"]!["type"]);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<RunningSystem.Rescue>(server.Running);
    }

    [Fact]
    public async Task Refusals_come_in_Robots_own_form()
    {
        Assert.Equal("SERVER_NOT_FOUND", (string?)(await CurlAsync("server/1")).Body["error"]!["code"]);
        Assert.Equal(409, await StatusOfSecondAsync());

        async Task<int> StatusOfSecondAsync()
        {
            await CurlAsync($"boot/{_world.Servers[0].Number}/rescue", "-d", "os=linux");
            return (await CurlAsync($"boot/{_world.Servers[0].Number}/rescue", "-d", "os=linux")).Status;
        }
    }

    private async Task<(int Status, JsonNode Body)> CurlAsync(string path, params string[] more)
    {
        // The login comes in by the configuration, as it would be seen in a list of processes otherwise.
        var (exitCode, output, errors) = await Tool.RunAsync(
            "curl", ["--silent", "--show-error", "--globoff", "--config", "-", "--write-out", "\n%{http_code}", .. more, $"{_robot.BaseAddress}{path}"], "user = \"robot:robot-demo\"\n");
        Assert.True(exitCode == 0, errors);
        var lines = output.Split('\n');
        return (int.Parse(lines[^1], System.Globalization.CultureInfo.InvariantCulture), JsonNode.Parse(string.Join('\n', lines[..^1]))!);
    }
}
