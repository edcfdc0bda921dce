using System.Net;
using System.Text.Json.Nodes;
using Caphr.Lab.Robot;
using Caphr.Lab.World;

namespace Caphr.Lab.Tests.Robot;

/// <summary>Shapes that clients trip over, asked without a network.</summary>
public sealed class RobotShapeTests
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl";

    private readonly LabRobot _robot = new(new LabWorld(new WorldOptions { Servers = 1 }, new ManualClock()), new LabRobotOptions());

    [Fact]
    public void Times_have_no_zone_ids_are_words_or_numbers_and_prices_are_text()
    {
        var key = Ask(HttpMethod.Post, "/key", $"name=mine&data={Uri.EscapeDataString(PublicKey)}")["key"]!;
        Assert.Equal("2026-01-01 00:00:00", (string?)key["created_at"]);
        Assert.Matches("^([0-9a-f]{2}:){15}[0-9a-f]{2}$", (string?)key["fingerprint"]);

        var ordered = Ask(HttpMethod.Get, "/order/server/product")[0]!["product"]!;
        var used = Ask(HttpMethod.Get, "/order/server_market/product")[0]!["product"]!;
        Assert.Equal("AX52", (string?)ordered["id"]);
        Assert.Equal(282323, (int)used["id"]!);
        Assert.Equal("59.0000", (string?)ordered["prices"]![0]!["price"]!["net"]);
    }

    [Fact]
    public void What_is_not_served_is_not_found_and_counts_for_nobody()
    {
        Assert.Equal(new LabRobotAnswer.Told(404, null), _robot.Answer(Call(HttpMethod.Get, "/storagebox", "")));
        Assert.Equal(new LabRobotAnswer.Told(404, null), _robot.Answer(Call(HttpMethod.Delete, "/server", "")));
        Assert.Empty(_robot.Requests);
    }

    [Fact]
    public void A_call_tells_nobody_its_login() => Assert.DoesNotContain("Basic", Call(HttpMethod.Get, "/server", "password=x").ToString(), StringComparison.Ordinal);

    private JsonNode Ask(HttpMethod method, string target, string form = "") => JsonNode.Parse(Assert.IsType<LabRobotAnswer.Told>(_robot.Answer(Call(method, target, form))).Body!)!;

    private static LabRobotCall Call(HttpMethod method, string target, string form) =>
        new(method, target, form, "Basic " + Convert.ToBase64String("robot:robot-demo"u8), IPAddress.Loopback);
}
