using System.Net;
using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

/// <summary>The shapes in which Robot answers, beside those that are documented: one recorded exchange for each trap.</summary>
public sealed class RobotShapeTests
{
    private static readonly IPAddress s_address = IPAddress.Parse("5.9.1.2");

    [Theory]
    [InlineData("""[{"ip":{"ip":"5.9.1.2","server_ip":"5.9.1.2","server_number":7,"locked":false,"separate_mac":null,"traffic_hourly":50}}]""", null)]
    [InlineData("""[{"ip":{"ip":"5.9.1.2","server_number":"7","gateway":"5.9.1.1","mask":"26"}}]""", 26)]
    public async Task A_list_of_addresses_may_leave_out_their_gateways(string body, int? prefix)
    {
        using var robot = RecordedRobot.Answering(200, body);

        var ip = Assert.Single((await robot.ListIps(default)).Value);

        Assert.Equal((s_address, prefix, 7), (ip.Address, ip.PrefixLength, ip.ServerNumber));
    }

    [Fact]
    public async Task A_single_address_without_its_gateway_is_garbled()
    {
        using var robot = RecordedRobot.Answering(200, """{"ip":{"ip":"5.9.1.2","server_number":7}}""");

        Assert.Equal(RobotError.Garbled, (await robot.GetIp(s_address, default)).Failure?.Error);
    }

    [Theory]
    [InlineData("""[{"subnet":{"ip":"2a01:4f8:1:2::","mask":64,"gateway":"fe80::1","server_ip":null,"server_number":7,"failover":false}}]""")]
    [InlineData("""[{"subnet":{"ip":"2a01:4f8:1:2::/64","mask":"64","gateway":"fe80::1","server_number":"7","failover":"false"}}]""")]
    public async Task A_mask_is_a_number_in_one_place_and_a_string_in_another(string body)
    {
        using var robot = RecordedRobot.Answering(200, body);

        var subnet = Assert.Single((await robot.ListSubnets(default)).Value);

        Assert.Equal((IPAddress.Parse("2a01:4f8:1:2::"), 64, IPAddress.Parse("fe80::1"), 7, false), (subnet.Network, subnet.PrefixLength, subnet.Gateway, subnet.ServerNumber, subnet.Failover));
    }

    [Fact]
    public async Task None_of_something_is_404_and_reads_as_an_empty_list()
    {
        using var robot = RecordedRobot.Answering(404, Error(404, "NOT_FOUND"));

        Assert.Empty((await robot.ListIps(default)).Value);
        Assert.Empty((await robot.ListSubnets(default)).Value);
        Assert.Empty((await robot.ListKeys(default)).Value);
        Assert.Empty((await robot.ListResets(default)).Value);
        Assert.Empty((await robot.ListRdns(default)).Value);
        Assert.Empty((await robot.ListFailovers(default)).Value);
        Assert.Empty((await robot.ListVSwitches(default)).Value);
    }

    [Fact]
    public async Task A_404_of_some_other_web_server_is_not_an_empty_list()
    {
        using var robot = RecordedRobot.Answering(404, "<html>nothing here</html>");

        Assert.Equal(RobotError.UnexpectedStatus, (await robot.ListVSwitches(default)).Failure?.Error);
    }

    [Fact]
    public async Task A_vswitch_comes_without_an_envelope()
    {
        using var robot = RecordedRobot.Answering(200, """[{"id":4321,"name":"private","vlan":4000,"cancelled":false}]""");

        var vSwitch = Assert.Single((await robot.ListVSwitches(default)).Value);

        Assert.Equal((4321, "private", 4000, false), (vSwitch.Id, vSwitch.Name, vSwitch.Vlan, vSwitch.IsInProcess));
    }

    [Theory]
    [InlineData("ready", VSwitchState.Ready, false)]
    [InlineData("failed", VSwitchState.Failed, false)]
    [InlineData("in process", VSwitchState.InProcess, true)]
    [InlineData("in progress", VSwitchState.InProcess, true)]
    [InlineData("processing", VSwitchState.InProcess, true)]
    [InlineData("something new", VSwitchState.InProcess, true)]
    public async Task Robot_has_several_words_for_not_ready_yet(string word, VSwitchState state, bool isInProcess)
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"id":1,"name":"n","vlan":"4001","cancelled":false,"server":[{"server_ip":null,"server_number":7,"status":"{{word}}"}],"subnet":[],"cloud_network":[]}""");

        var vSwitch = (await robot.GetVSwitch(1, default)).Value;

        Assert.Equal([new RobotVSwitchMember(7, state)], vSwitch.Servers);
        Assert.Equal(isInProcess, vSwitch.IsInProcess);
    }

    [Fact]
    public async Task A_vswitch_with_a_member_that_cannot_be_read_is_garbled()
    {
        using var robot = RecordedRobot.Answering(200, """{"id":1,"name":"n","vlan":4001,"server":[{"server_number":null,"status":"ready"}]}""");

        Assert.Equal(RobotError.Garbled, (await robot.GetVSwitch(1, default)).Failure?.Error);
    }

    [Fact]
    public async Task Servers_are_detached_by_the_body_of_a_delete()
    {
        using var recorded = new RecordedRobot(201, "");
        using var robot = recorded.Client();

        Assert.True((await robot.DetachFromVSwitch(1, [7, 8], default)).Succeeded);
        Assert.True((await robot.AttachToVSwitch(1, [7], default)).Succeeded);
        Assert.True((await robot.CancelVSwitch(1, default)).Succeeded);

        Assert.Equal(
            [("DELETE /vswitch/1/server", "server%5B%5D=7&server%5B%5D=8"), ("POST /vswitch/1/server", "server%5B%5D=7"), ("DELETE /vswitch/1", "cancellation_date=now")],
            recorded.Asked.Select(asked => (asked.Line, asked.Form)));
    }

    [Theory]
    [InlineData("VSWITCH_IN_PROCESS", RobotError.InProcess)]
    [InlineData("FIREWALL_IN_PROCESS", RobotError.InProcess)]
    [InlineData("VSWITCH_VLAN_NOT_UNIQUE", RobotError.Conflict)]
    public async Task A_change_that_is_under_way_is_told_from_one_that_is_impossible(string code, RobotError error)
    {
        using var robot = RecordedRobot.Answering(409, Error(409, code));

        Assert.Equal(error, (await robot.AttachToVSwitch(1, [7], default)).Failure?.Error);
    }

    [Theory]
    [InlineData("""[{"ip_version":"ipv4","name":"ssh","dst_port":"22","protocol":"tcp","action":"accept"}]""")]
    [InlineData("""{"0":{"ip_version":"ipv4","name":"ssh","dst_port":22,"protocol":"tcp","action":"accept"}}""")]
    public async Task Firewall_rules_come_as_a_list_or_as_an_object(string rules)
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"firewall":{"server_number":7,"status":"active","whitelist_hos":true,"filter_ipv6":false,"port":"main","rules":{"input":{{rules}},"output":[]} } }""");

        var firewall = (await robot.GetFirewall(7, default)).Value;

        Assert.Equal((FirewallState.Active, true), (firewall.State, firewall.AllowsHetznerServices));
        Assert.Equal([new FirewallRule { Accepts = true, Name = "ssh", IpVersion = "ipv4", DestinationPort = "22", Protocol = "tcp" }], firewall.Input);
        Assert.Empty(firewall.Output);
    }

    [Theory]
    [InlineData("""{"firewall":{"status":"in process","rules":{}}}""", FirewallState.InProcess)]
    [InlineData("""{"firewall":{"status":"disabled","rules":[]}}""", FirewallState.Disabled)]
    public async Task A_firewall_without_rules_has_them_in_several_shapes(string body, FirewallState state)
    {
        using var robot = RecordedRobot.Answering(200, body);

        var firewall = (await robot.GetFirewall(7, default)).Value;

        Assert.Equal(state, firewall.State);
        Assert.Empty(firewall.Input);
    }

    [Fact]
    public async Task A_firewall_rule_whose_action_is_not_understood_is_not_left_out()
    {
        using var robot = RecordedRobot.Answering(200, """{"firewall":{"status":"active","rules":{"input":[{"action":"reject"}]}}}""");

        Assert.Equal(RobotError.Garbled, (await robot.GetFirewall(7, default)).Failure?.Error);
    }

    [Fact]
    public async Task A_firewall_is_written_with_all_its_rules_and_with_words_for_booleans()
    {
        using var recorded = new RecordedRobot(200, """{"firewall":{"status":"in process","rules":{"input":[],"output":[]}}}""");
        using var robot = recorded.Client();
        var firewall = new RobotFirewall { State = FirewallState.Active, AllowsHetznerServices = true, Input = [new FirewallRule { Accepts = true, DestinationPort = "22" }], Output = [new FirewallRule { Accepts = false }] };

        Assert.True((await robot.SetFirewall(7, firewall, default)).Succeeded);

        Assert.Equal(
            "status=active&filter_ipv6=false&whitelist_hos=true&rules[input][0][dst_port]=22&rules[input][0][action]=accept&rules[output][0][action]=discard",
            WebUtility.UrlDecode(recorded.Asked.Single().Form));
    }

    [Fact]
    public async Task A_name_of_an_address_may_be_null_missing_or_there()
    {
        using var listed = RecordedRobot.Answering(200, """[{"rdns":{"ip":"5.9.1.2","ptr":null}},{"rdns":{"ip":"5.9.1.3","ptr":"a.example"}}]""");
        using var none = RecordedRobot.Answering(404, Error(404, "RDNS_NOT_FOUND"));

        Assert.Equal([null, "a.example"], (await listed.ListRdns(default)).Value.Select(rdns => rdns.Name));
        Assert.True((await none.FindRdns(s_address, default)).TryGet(out var found, out _));
        Assert.Null(found);
        Assert.True((await none.DeleteRdns(s_address, default)).Succeeded);
    }

    [Fact]
    public async Task Names_are_written_by_two_methods()
    {
        using var recorded = new RecordedRobot(201, """{"rdns":{"ip":"5.9.1.2","ptr":"a.example"}}""");
        using var robot = recorded.Client();

        await robot.CreateRdns(s_address, "a.example", default);
        await robot.SetRdns(s_address, "b.example", default);

        Assert.Equal([("PUT /rdns/5.9.1.2", "ptr=a.example"), ("POST /rdns/5.9.1.2", "ptr=b.example")], recorded.Asked.Select(asked => (asked.Line, asked.Form)));
    }

    [Theory]
    [InlineData("FAILOVER_ALREADY_ROUTED", null)]
    [InlineData("FAILOVER_LOCKED", RobotError.Conflict)]
    public async Task An_address_that_is_routed_there_already_is_routed_there(string code, RobotError? error)
    {
        using var robot = RecordedRobot.Answering(409, Error(409, code));

        Assert.Equal(error, (await robot.RouteFailover(s_address, IPAddress.Parse("5.9.1.9"), default)).Failure?.Error);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("\"5.9.1.9\"", "5.9.1.9")]
    [InlineData("\"\"", null)]
    public async Task A_failover_address_may_be_routed_nowhere(string active, string? expected)
    {
        using var robot = RecordedRobot.Answering(200, $$"""{"failover":{"ip":"5.9.1.2","netmask":"255.255.255.255","server_ip":"5.9.1.1","server_number":7,"active_server_ip":{{active}} } }""");

        Assert.Equal(expected, (await robot.GetFailover(s_address, default)).Value.ActiveServer?.ToString());
    }

    [Fact]
    public async Task The_last_order_of_a_rescue_system_has_no_password()
    {
        using var robot = RecordedRobot.Answering(200, """{"rescue":{"server_number":7,"os":"linux","arch":64,"active":false,"password":null,"authorized_key":[],"host_key":[],"boot_time":"2026-01-01 10:00:00"}}""");

        Assert.Null((await robot.GetLastRescue(7, default)).Value.Password);
    }

    [Fact]
    public async Task A_server_is_renamed_and_woken_by_a_form()
    {
        using var recorded = new RecordedRobot(200, """{"server":{"server_number":7,"server_name":"new name"}}""");
        using var robot = recorded.Client();

        Assert.Equal("new name", (await robot.RenameServer(7, "new name", default)).Value.Name);
        Assert.True((await robot.WakeOnLan(7, default)).Succeeded);
        Assert.True((await robot.DeleteKey("aa:bb", default)).Succeeded);

        Assert.Equal(
            [("POST /server/7", "server_name=new+name"), ("POST /wol/7", ""), ("DELETE /key/aa%3Abb", "")],
            recorded.Asked.Select(asked => (asked.Line, asked.Form)));
    }

    [Theory]
    [InlineData("max_request")]
    [InlineData("max_requests")]
    public async Task A_quota_that_is_used_up_names_its_interval(string field)
    {
        using var robot = RecordedRobot.Answering(403, $$"""{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","message":"rate limit exceeded","interval":"3600","{{field}}":200} }""");

        var failure = (await robot.ListServers(default)).Failure;

        Assert.Equal((RobotError.RateLimited, TimeSpan.FromHours(1)), (failure?.Error, failure?.RetryAfter));
    }

    private static string Error(int status, string code) => $$"""{"error":{"status":{{status}},"code":"{{code}}","message":"words"} }""";
}
