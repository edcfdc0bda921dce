using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Robot;

namespace Caphr.Conformance.Robot;

/// <summary>What CAPHR relies on in the Robot web service.</summary>
public sealed class RobotConformance(RobotTarget target) : IClassFixture<RobotTarget>
{
    private static readonly string[] s_none = ["NOT_FOUND", "SERVER_NOT_FOUND"];

    [Theory]
    [InlineData("/server", "server")]
    [InlineData("/ip", "ip")]
    [InlineData("/subnet", "subnet")]
    [InlineData("/reset", "reset")]
    [InlineData("/key", "key")]
    [InlineData("/rdns", "rdns")]
    [InlineData("/failover", "failover")]
    public async Task A_list_holds_envelopes_or_is_404_with_a_code(string path, string envelope)
    {
        var (status, _, body) = await target.ReadAsync(path);

        if (status == 404) Assert.Contains((string?)body?["error"]?["code"], s_none);
        else Assert.All(Assert.IsType<JsonArray>(body), item => Assert.IsType<JsonObject>(item![envelope]));
    }

    [Fact]
    public async Task VSwitches_come_without_envelopes()
    {
        var (status, _, body) = await target.ReadAsync("/vswitch");

        if (status == 200) Assert.All(Assert.IsType<JsonArray>(body), item => Assert.Equal(JsonValueKind.Number, item!["id"]!.GetValueKind()));
        else Assert.Equal(404, status);
    }

    [Theory]
    [InlineData("/server")]
    [InlineData("/server/{server}")]
    [InlineData("/reset/{server}")]
    [InlineData("/boot/{server}/rescue")]
    public async Task Answers_say_that_they_are_json(string path) => Assert.Equal("application/json", (await target.ReadAsync(path)).ContentType);

    [Theory]
    [InlineData("/server/1", "SERVER_NOT_FOUND")]
    [InlineData("/reset/1", "SERVER_NOT_FOUND")]
    [InlineData("/boot/1", "SERVER_NOT_FOUND")]
    [InlineData("/boot/1/rescue", "SERVER_NOT_FOUND")]
    [InlineData("/wol/1", "SERVER_NOT_FOUND")]
    [InlineData("/firewall/1", "SERVER_NOT_FOUND")]
    [InlineData("/ip/192.0.2.1", "IP_NOT_FOUND")]
    [InlineData("/subnet/192.0.2.0", "SUBNET_NOT_FOUND")]
    [InlineData("/rdns/192.0.2.1", "IP_NOT_FOUND")]
    [InlineData("/failover/192.0.2.1", "NOT_FOUND")]
    [InlineData("/vswitch/1", "NOT_FOUND")]
    [InlineData("/key/00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "NOT_FOUND")]
    public async Task What_is_not_there_is_404_with_its_own_code_in_an_error_that_names_its_status(string path, string code)
    {
        var exchange = await target.ReadAsync(path);

        Assert.Equal((404, code), (exchange.Status, exchange.Code));
        Assert.Equal(404, (int)exchange.Body!["error"]!["status"]!);
        Assert.NotEmpty((string)exchange.Body["error"]!["message"]!);
    }

    [Theory]
    [InlineData("server_number", JsonValueKind.Number)]
    [InlineData("server_name", JsonValueKind.String)]
    [InlineData("product", JsonValueKind.String)]
    [InlineData("dc", JsonValueKind.String)]
    [InlineData("status", JsonValueKind.String)]
    public async Task A_server_in_the_list_has_what_is_read_of_it(string field, JsonValueKind kind) =>
        Assert.All((await target.ReadAsync("/server")).Body!.AsArray(), item => Assert.Equal(kind, item!["server"]![field]!.GetValueKind()));

    [Fact]
    public async Task The_list_says_of_each_server_whether_it_is_cancelled() =>
        Assert.All((await target.ReadAsync("/server")).Body!.AsArray(), item => Assert.Contains(item!["server"]!["cancelled"]!.GetValueKind(), (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]));

    [Fact]
    public async Task Numbers_of_servers_are_unique()
    {
        var numbers = (await target.ReadAsync("/server")).Body!.AsArray().Select(item => (int)item!["server"]!["server_number"]!).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Theory]
    [InlineData("server_number")]
    [InlineData("server_name")]
    [InlineData("server_ip")]
    [InlineData("product")]
    public async Task A_single_server_says_what_the_list_says(string field)
    {
        var single = (await target.ReadAsync("/server/{server}")).Body!["server"]!;
        var listed = (await target.ReadAsync("/server")).Body!.AsArray().Single(item => (int)item!["server"]!["server_number"]! == (int)single["server_number"]!)!["server"]!;

        Assert.Equal(listed[field]?.ToJsonString(), single[field]?.ToJsonString());
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("rescue")]
    public async Task A_single_server_says_what_it_offers(string capability) =>
        Assert.Contains((await target.ReadAsync("/server/{server}")).Body!["server"]![capability]!.GetValueKind(), (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);

    [Fact]
    public async Task Reset_types_are_words_that_are_known()
    {
        var types = (await target.ReadAsync("/reset/{server}")).Body!["reset"]!["type"]!.AsArray().Select(type => (string)type!);

        Assert.All(types, type => Assert.Contains(type, (string[])["sw", "hw", "power", "power_long", "man"]));
    }

    [Fact]
    public async Task Whether_a_server_runs_is_told_in_words_that_are_known_and_only_of_a_single_one()
    {
        Assert.Contains((string?)(await target.ReadAsync("/reset/{server}")).Body!["reset"]!["operating_status"], (string[])["running", "shut off", "not supported"]);
        Assert.All((await target.ReadAsync("/reset")).Body!.AsArray(), item => Assert.Null(item!["reset"]!["operating_status"]));
    }

    [Fact]
    public async Task A_rescue_order_says_whether_it_is_active_and_has_a_password_only_then()
    {
        var rescue = (await target.ReadAsync("/boot/{server}/rescue")).Body!["rescue"]!;

        if ((bool)rescue["active"]!) Assert.NotEmpty((string)rescue["password"]!);
        else Assert.Null(rescue["password"]);
    }

    [Fact]
    public async Task All_kinds_of_boot_configuration_hold_the_same_rescue_order()
    {
        var all = (await target.ReadAsync("/boot/{server}")).Body!["boot"]!["rescue"]!;

        Assert.Equal((bool)(await target.ReadAsync("/boot/{server}/rescue")).Body!["rescue"]!["active"]!, (bool)all["active"]!);
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("mask")]
    [InlineData("broadcast")]
    public async Task A_single_address_tells_what_the_list_leaves_out(string field)
    {
        Assert.NotNull((await target.ReadAsync("/ip/{ip}")).Body!["ip"]![field]);
        Assert.All((await target.ReadAsync("/ip")).Body!.AsArray(), item => Assert.Null(item!["ip"]![field]));
    }

    [Fact]
    public async Task The_fingerprint_of_a_key_is_the_md5_of_its_material()
    {
        var (status, _, body) = await target.ReadAsync("/key");
        if (status == 404) return;

        Assert.All(body!.AsArray(), item => Assert.Equal(SshKeyFingerprint.OfOpenSsh((string)item!["key"]!["data"]!), (string?)item["key"]!["fingerprint"]));
    }

    [Theory]
    [InlineData("/server")]
    [InlineData("/server/{server}")]
    [InlineData("/ip")]
    [InlineData("/ip/{ip}")]
    [InlineData("/subnet")]
    [InlineData("/reset")]
    [InlineData("/reset/{server}")]
    [InlineData("/boot/{server}/rescue")]
    [InlineData("/key")]
    [InlineData("/rdns")]
    [InlineData("/failover")]
    [InlineData("/vswitch")]
    public async Task The_client_understands(string path)
    {
        var server = await target.ServerAsync();
        var robot = target.Client;
        var failure = path switch
        {
            "/server" => (await robot.ListServers(default)).Failure,
            "/server/{server}" => (await robot.GetServer(server.Number, default)).Failure,
            "/ip" => (await robot.ListIps(default)).Failure,
            "/ip/{ip}" => (await robot.GetIp(await target.AddressAsync(), default)).Failure,
            "/subnet" => (await robot.ListSubnets(default)).Failure,
            "/reset" => (await robot.ListResets(default)).Failure,
            "/reset/{server}" => (await robot.GetReset(server.Number, default)).Failure,
            "/boot/{server}/rescue" => (await robot.GetRescue(server.Number, default)).Failure,
            "/key" => (await robot.ListKeys(default)).Failure,
            "/rdns" => (await robot.ListRdns(default)).Failure,
            "/failover" => (await robot.ListFailovers(default)).Failure,
            _ => (await robot.ListVSwitches(default)).Failure,
        };

        Assert.Null(failure);
    }

    [Fact, Trait("Robot", "Changed")]
    public async Task A_server_can_be_renamed_and_named_back()
    {
        var server = await target.ServerAsync();
        var other = string.Create(CultureInfo.InvariantCulture, $"caphr-{server.Number}");

        Assert.Equal(other, (await target.Writer.RenameServer(server.Number, other, default)).Value.Name);
        Assert.Equal(server.Name, (await target.Writer.RenameServer(server.Number, server.Name, default)).Value.Name);
    }

    [Fact, Trait("Robot", "Changed")]
    public async Task A_reset_type_that_does_not_exist_is_invalid_input_and_presses_nothing()
    {
        var server = await target.ServerAsync();
        var offered = (await target.Writer.GetReset(server.Number, default)).Value.Types;
        var missing = Enum.GetValues<ResetType>().First(type => !offered.Contains(type));

        Assert.Equal(RobotError.InvalidInput, (await target.Writer.Reset(server.Number, missing, default)).Failure?.Error);
    }

    [Fact, Trait("Robot", "Changed")]
    public async Task The_same_key_under_another_name_is_a_conflict_and_a_deleted_one_is_gone()
    {
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        var fingerprint = SshKeyFingerprint.OfOpenSsh(Key)!;

        Assert.True((await target.Writer.CreateKey("caphr-conformance", Key, default)).Succeeded);
        Assert.True((await target.Writer.CreateKey("caphr-conformance-again", Key, default)).Succeeded);
        Assert.Equal("caphr-conformance", (await target.Writer.FindKey(fingerprint, default)).Value?.Name);
        Assert.True((await target.Writer.DeleteKey(fingerprint, default)).Succeeded);
        Assert.Null((await target.Writer.FindKey(fingerprint, default)).Value);
    }

    /// <summary>Nothing is reset, so nothing boots into it.</summary>
    [Fact, Trait("Robot", "Changed")]
    public async Task A_rescue_order_is_seen_until_it_is_withdrawn()
    {
        var server = (await target.ServerAsync()).Number;
        var key = (await target.Writer.ListKeys(default)).Value[0].Fingerprint;
        await target.Writer.DeactivateRescue(server, default);

        var ordered = (await target.Writer.ActivateRescue(server, [key], default)).Value;
        Assert.True(ordered.Active);
        Assert.NotEmpty(ordered.Password!);
        Assert.Equal([key], (await target.Writer.GetRescue(server, default)).Value.AuthorizedFingerprints);

        Assert.True((await target.Writer.DeactivateRescue(server, default)).Succeeded);
        Assert.False((await target.Writer.GetRescue(server, default)).Value.Active);
        Assert.Null((await target.Writer.GetLastRescue(server, default)).Value.Password);
    }

    [Fact, Trait("Robot", "Changed")]
    public async Task A_rescue_order_for_a_key_that_is_not_stored_is_invalid_input()
    {
        var server = (await target.ServerAsync()).Number;

        Assert.Equal(RobotError.InvalidInput, (await target.Writer.ActivateRescue(server, ["00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"], default)).Failure?.Error);
    }

    /// <summary>Mail is refused from an address whose name is wrong, so the name that people gave it comes back whatever happens here.</summary>
    [Fact, Trait("Robot", "Changed")]
    public async Task A_name_of_an_address_can_be_set_and_is_put_back()
    {
        var address = await target.AddressAsync();
        var before = (await target.Writer.FindRdns(address, default)).Value?.Name;
        try
        {
            Assert.True((await target.Writer.SetRdns(address, "caphr.example.com", default)).Succeeded);
            Assert.Equal("caphr.example.com", (await target.Writer.FindRdns(address, default)).Value?.Name);
        }
        finally
        {
            var back = before is null ? await target.Writer.DeleteRdns(address, default) : await target.Writer.SetRdns(address, before, default);
            Assert.True(back.Succeeded, $"The name of {address} was {before ?? "none"}. Give it that again yourself: {back.Failure}");
        }

        Assert.Equal(before, (await target.Writer.FindRdns(address, default)).Value?.Name);
    }
}
