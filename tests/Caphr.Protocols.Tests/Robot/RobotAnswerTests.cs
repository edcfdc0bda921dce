using System.Net;
using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

/// <summary>Robot's answers in the shapes they have been seen in.</summary>
public sealed class RobotAnswerTests
{
    private const string Server = """
        {"server_ip":"123.123.123.123","server_ipv6_net":"2a01:4f8:111:4221::","server_number":321,"server_name":"server1","product":"EQ 8",
         "dc":"nbg1-dc1","traffic":"5 TB","status":"ready","cancelled":false,"paid_until":"2026-12-31","ip":["123.123.123.123"],
         "subnet":[{"ip":"2a01:4f8:111:4221::","mask":"64"}],"linked_storagebox":12345}
        """;

    [Fact]
    public async Task A_server_is_read_as_documented()
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"server":{{Server}} }""");

        var server = (await robot.GetServer(321, default)).Value;

        Assert.Equal((321, "server1", "EQ 8", "nbg1-dc1"), (server.Number, server.Name, server.Product, server.Datacenter));
        Assert.Equal(IPAddress.Parse("123.123.123.123"), server.Ipv4);
        Assert.Equal(IPAddress.Parse("2a01:4f8:111:4221::"), server.Ipv6Network);
        Assert.True(server.Ready);
        Assert.False(server.Cancelled);
    }

    [Theory]
    [InlineData("""{"server_number":"7","server_ip":null,"server_ipv6_net":"2a01:4f8:1:2::/64","subnet":null}""")]
    [InlineData("""{"server_number":7,"server_ip":"","server_ipv6_net":"2a01:4f8:1:2::","ip":null}""")]
    [InlineData("""{"server_number":7,"server_ipv6_net":"2a01:4f8:1:2::"}""")]
    public async Task A_server_without_ipv4_has_none_however_robot_says_so(string server)
    {
        using var robot = RecordedRobot.Answering(200, $$"""[{"server":{{server}} }]""");

        var only = Assert.Single((await robot.ListServers(default)).Value);

        Assert.Equal(7, only.Number);
        Assert.Null(only.Ipv4);
        Assert.Equal(IPAddress.Parse("2a01:4f8:1:2::"), only.Ipv6Network);
    }

    [Theory]
    [InlineData("in process")]
    [InlineData("in progress")]
    [InlineData("processing")]
    public async Task Every_word_but_ready_means_not_ready(string status)
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"server":{"server_number":7,"status":"{{status}}"} }""");

        Assert.False((await robot.GetServer(7, default)).Value.Ready);
    }

    [Theory]
    [InlineData("SERVER_NOT_FOUND")]
    [InlineData("NOT_FOUND")]
    public async Task A_404_on_a_list_is_an_empty_list(string code)
    {
        using var robot = RecordedRobot.Answering(404, Error(404, code));

        Assert.Empty((await robot.ListServers(default)).Value);
        Assert.Empty((await robot.ListResets(default)).Value);
    }

    [Fact]
    public async Task A_404_from_some_other_web_server_is_not_an_empty_list()
    {
        using var robot = RecordedRobot.Answering(404, "<html>Not here</html>");

        Assert.Equal(RobotError.UnexpectedStatus, (await robot.ListServers(default)).Failure?.Error);
        Assert.Equal(RobotError.UnexpectedStatus, (await robot.GetServer(7, default)).Failure?.Error);
    }

    [Fact]
    public async Task A_list_with_one_unreadable_server_is_garbled_rather_than_one_short()
    {
        using var robot = RecordedRobot.Answering(200, $$"""[{"server":{{Server}} },{"server":{"server_name":"no number"} }]""");

        Assert.Equal(RobotError.Garbled, (await robot.ListServers(default)).Failure?.Error);
    }

    [Theory]
    [InlineData("27")]
    [InlineData("\"27\"")]
    public async Task The_prefix_length_of_an_address_may_be_a_number_or_a_string(string mask)
    {
        using var robot = RecordedRobot.Answering(
            200,
            $$"""{"ip":{"ip":"5.9.1.2","server_ip":"5.9.1.2","server_number":7,"gateway":"5.9.1.1","mask":{{mask}},"broadcast":"5.9.1.31","separate_mac":null} }""");

        var ip = (await robot.GetIp(IPAddress.Parse("5.9.1.2"), default)).Value;

        Assert.Equal((IPAddress.Parse("5.9.1.1"), 27, 7), (ip.Gateway, ip.PrefixLength, ip.ServerNumber));
    }

    [Theory]
    [InlineData("""["sw","hw","man"]""", "not supported", OperatingStatus.NotKnown, new[] { ResetType.Software, ResetType.Hardware, ResetType.Manual })]
    [InlineData("""["power","power_long","hw","man"]""", "shut off", OperatingStatus.ShutOff, new[] { ResetType.Power, ResetType.PowerLong, ResetType.Hardware, ResetType.Manual })]
    [InlineData("\"hw\"", "running", OperatingStatus.Running, new[] { ResetType.Hardware })]
    [InlineData("""["laser","hw"]""", "", OperatingStatus.NotKnown, new[] { ResetType.Hardware })]
    [InlineData("null", "", OperatingStatus.NotKnown, new ResetType[0])]
    public async Task Reset_types_are_read_in_every_shape(string types, string status, OperatingStatus expectedStatus, ResetType[] expected)
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"reset":{"server_number":7,"type":{{types}},"operating_status":"{{status}}"} }""");

        var reset = (await robot.GetReset(7, default)).Value;

        Assert.Equal(expected, reset.Types);
        Assert.Equal(expectedStatus, reset.OperatingStatus);
    }

    [Theory]
    [InlineData("""{"reset":{"server_ip":"5.9.1.2","type":"hw"}}""")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_reset_is_done_when_robot_accepts_it_whatever_the_body(string? body)
    {
        using var recorded = new RecordedRobot(200, body);
        using var robot = recorded.Client();

        Assert.True((await robot.Reset(7, ResetType.PowerLong, default)).Succeeded);

        Assert.Equal(("POST /reset/7", "type=power_long"), (recorded.Asked.Single().Line, recorded.Asked.Single().Form));
    }

    [Fact]
    public async Task An_active_rescue_order_carries_password_keys_and_host_keys()
    {
        using var recorded = new RecordedRobot(
            200,
            """
            {"rescue":{"server_ip":"5.9.1.2","server_number":7,"os":"linux","arch":64,"active":true,"password":"jEt0dt",
             "authorized_key":[{"key":{"name":"k","fingerprint":"aa:bb","type":"ED25519","size":256}}],
             "host_key":[{"key":{"fingerprint":"cc:dd","type":"ED25519","size":256}}],"boot_time":null}}
            """);
        using var robot = recorded.Client();

        var rescue = (await robot.ActivateRescue(7, ["aa:bb", "ee:ff"], default)).Value;

        Assert.True(rescue.Active);
        Assert.Equal("jEt0dt", rescue.Password);
        Assert.Equal(["aa:bb"], rescue.AuthorizedFingerprints);
        Assert.Equal([new RobotHostKey("cc:dd", "ED25519")], rescue.HostKeys);
        Assert.Equal("os=linux&authorized_key%5B%5D=aa%3Abb&authorized_key%5B%5D=ee%3Aff", recorded.Asked.Single().Form);
    }

    [Theory]
    [InlineData("""{"rescue":{"server_number":7,"os":["linux","vkvm"],"arch":[64],"active":false,"password":null,"authorized_key":[],"host_key":[]}}""")]
    [InlineData("""{"rescue":{"server_number":7,"os":["linux"],"@deprecated arch":64,"active":false}}""")]
    public async Task An_inactive_rescue_order_has_no_password_and_no_keys(string body)
    {
        using var robot = RecordedRobot.Answering(200, body);

        var rescue = (await robot.GetRescue(7, default)).Value;

        Assert.False(rescue.Active);
        Assert.Null(rescue.Password);
        Assert.Empty(rescue.AuthorizedFingerprints);
    }

    [Fact]
    public async Task An_activation_answered_without_a_body_has_to_be_observed()
    {
        using var robot = RecordedRobot.Answering(201);

        var failure = (await robot.ActivateRescue(7, ["aa:bb"], default)).Failure;

        Assert.Equal((RobotError.Garbled, RetryClass.Unknown), (failure?.Error, failure?.Retry));
    }

    [Fact]
    public async Task A_deactivation_may_answer_with_nothing_at_all()
    {
        using var recorded = new RecordedRobot(204, null);
        using var robot = recorded.Client();

        Assert.True((await robot.DeactivateRescue(7, default)).Succeeded);
        Assert.Equal("DELETE /boot/7/rescue", recorded.Asked.Single().Line);
    }

    [Fact]
    public async Task A_key_that_is_stored_already_counts_as_created()
    {
        using var robot = RecordedRobot.Answering(409, Error(409, "KEY_ALREADY_EXISTS"));

        Assert.True((await robot.CreateKey("caphr", "ssh-ed25519 AAAA", default)).Succeeded);
    }

    [Fact]
    public async Task Any_other_conflict_is_not_a_created_key()
    {
        using var robot = RecordedRobot.Answering(409, Error(409, "CONFLICT"));

        Assert.Equal(RobotError.Conflict, (await robot.CreateKey("caphr", "ssh-ed25519 AAAA", default)).Failure?.Error);
    }

    [Fact]
    public async Task A_key_is_found_by_its_fingerprint_or_is_null()
    {
        using var there = RecordedRobot.Answering(200, """{"key":{"name":"k","fingerprint":"aa:bb","type":"RSA","size":2048,"data":"ssh-rsa AAAA","created_at":"2026-01-01 00:00:00"}}""");
        using var gone = RecordedRobot.Answering(404, Error(404, "NOT_FOUND"));

        Assert.Equal(new RobotKey("k", "aa:bb"), (await there.FindKey("aa:bb", default)).Value);
        var missing = await gone.FindKey("aa:bb", default);
        Assert.True(missing.Succeeded);
        Assert.Null(missing.Value);
    }

    [Theory]
    [InlineData("""{"server":{"server_number":7,"server_name":"\ud800"}}""", null)]
    [InlineData("""{"server":{"server_number":99999999999}}""", RobotError.Garbled)]
    [InlineData("""{"server":[]}""", RobotError.Garbled)]
    [InlineData("""[[[[""", RobotError.Garbled)]
    [InlineData("null", RobotError.Garbled)]
    [InlineData("{\"server\":", RobotError.Garbled)]
    public async Task A_hostile_answer_ends_in_a_value_or_a_named_error(string body, RobotError? expected)
    {
        using var robot = RecordedRobot.Answering(200, body);

        Assert.Equal(expected, (await robot.GetServer(7, default)).Failure?.Error);
    }

    [Fact]
    public async Task The_login_goes_as_basic_auth()
    {
        using var recorded = new RecordedRobot(404, Error(404, "NOT_FOUND"));
        using var robot = recorded.Client();

        await robot.ListServers(default);

        Assert.Equal("Basic " + Convert.ToBase64String("#ws+Ab12:correct-horse"u8), recorded.Asked.Single().Authorization);
    }

    private static string Error(int status, string code) => $$"""{"error":{"status":{{status}},"code":"{{code}}","message":"words"} }""";
}
