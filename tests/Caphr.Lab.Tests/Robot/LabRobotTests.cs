using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Robot;
using Caphr.Lab.World;

namespace Caphr.Lab.Tests.Robot;

/// <summary>The Robot API as curl would see it.</summary>
public sealed class LabRobotTests : IAsyncLifetime
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl";

    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly LabRobot _robot;
    private readonly HttpClient _http = new();

    public LabRobotTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 10 }, _clock);
        _robot = new LabRobot(_world, new LabRobotOptions { Password = "secret" });
    }

    private LabServer Server => _world.Servers[0];

    public async Task InitializeAsync()
    {
        await _robot.StartAsync(default);
        _http.BaseAddress = _robot.BaseAddress;
        Login("secret");
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _robot.DisposeAsync();
    }

    [Fact]
    public async Task Servers_come_as_a_list_of_envelopes()
    {
        var (status, body) = await Get("/server");

        Assert.Equal(200, status);
        Assert.Equal([2938101, 2938102], body!.AsArray().Select(item => (int)item!["server"]!["server_number"]!));
        Assert.Equal("64", (string?)body[0]!["server"]!["subnet"]![0]!["mask"]);
    }

    [Fact]
    public async Task An_account_without_servers_answers_404_rather_than_an_empty_list()
    {
        await using var empty = new LabRobot(new LabWorld(new WorldOptions { Servers = 0 }, _clock), new LabRobotOptions { Password = "secret" });
        await empty.StartAsync(default);

        var (status, body) = await Get(new Uri(empty.BaseAddress, "/server").AbsoluteUri);

        Assert.Equal((404, "SERVER_NOT_FOUND"), (status, Code(body)));
    }

    [Theory]
    [InlineData("/server/4711", "SERVER_NOT_FOUND")]
    [InlineData("/reset/4711", "SERVER_NOT_FOUND")]
    [InlineData("/boot/4711/rescue", "SERVER_NOT_FOUND")]
    [InlineData("/ip/9.9.9.9", "IP_NOT_FOUND")]
    [InlineData("/key", "NOT_FOUND")]
    [InlineData("/key/aa:bb", "NOT_FOUND")]
    public async Task What_is_not_there_has_its_own_code(string path, string code)
    {
        var (status, body) = await Get(path);

        Assert.Equal((404, code), (status, Code(body)));
    }

    [Fact]
    public async Task The_address_of_a_server_tells_gateway_and_prefix_length()
    {
        var (_, body) = await Get($"/ip/{Server.Address}");

        Assert.Equal(Server.Description.Gateway, (string?)body!["ip"]!["gateway"]);
        Assert.Equal(26, (int?)body["ip"]!["mask"]);
    }

    [Fact]
    public async Task A_rescue_order_changes_shape_with_its_state()
    {
        var fingerprint = await StoreKey();
        var (_, before) = await Get($"/boot/{Server.Number}/rescue");

        var (status, ordered) = await Post($"/boot/{Server.Number}/rescue", ("os", "linux"), ("authorized_key[]", fingerprint));

        Assert.Equal(200, status);
        Assert.IsType<JsonArray>(before!["rescue"]!["os"]);
        Assert.Equal("linux", (string?)ordered!["rescue"]!["os"]);
        Assert.Equal(fingerprint, (string?)ordered["rescue"]!["authorized_key"]![0]!["key"]!["fingerprint"]);
        Assert.Equal(Server.PendingRescue!.Password, (string?)ordered["rescue"]!["password"]);
        Assert.Equal([PublicKey], Server.PendingRescue.AuthorizedKeys);
    }

    [Theory]
    [InlineData("authorized_key")]
    [InlineData("authorized_key[0]")]
    [InlineData("authorized_key[]")]
    public async Task Keys_are_taken_in_every_form_clients_use(string field)
    {
        var fingerprint = await StoreKey();

        await Post($"/boot/{Server.Number}/rescue", ("os", "linux"), (field, fingerprint));

        Assert.Equal([fingerprint], Server.PendingRescue!.AuthorizedFingerprints);
    }

    [Fact]
    public async Task A_rescue_order_is_refused_when_its_key_is_not_stored()
    {
        var (status, body) = await Post($"/boot/{Server.Number}/rescue", ("os", "linux"), ("authorized_key[]", "aa:bb"));

        Assert.Equal((400, "INVALID_INPUT", "authorized_key"), (status, Code(body), (string?)body!["error"]!["invalid"]![0]));
        Assert.Null(Server.PendingRescue);
    }

    [Fact]
    public async Task A_second_rescue_order_is_refused_until_the_first_is_cancelled()
    {
        await Post($"/boot/{Server.Number}/rescue", ("os", "linux"));
        var first = Server.PendingRescue;

        var (status, body) = await Post($"/boot/{Server.Number}/rescue", ("os", "linux"));
        Assert.Equal((409, "BOOT_ALREADY_ENABLED"), (status, Code(body)));
        Assert.Same(first, Server.PendingRescue);

        await _http.DeleteAsync(new Uri($"/boot/{Server.Number}/rescue", UriKind.Relative));
        Assert.Null(Server.PendingRescue);
        Assert.Equal(200, (await Post($"/boot/{Server.Number}/rescue", ("os", "linux"))).Status);
        Assert.NotEqual(first!.Password, Server.PendingRescue!.Password);
    }

    [Fact]
    public async Task A_reset_presses_the_button_and_answers_without_the_servers_number()
    {
        var (status, body) = await Post($"/reset/{Server.Number}", ("type", "hw"));

        Assert.Equal((200, "hw"), (status, (string?)body!["reset"]!["type"]));
        Assert.Null(body["reset"]!["server_number"]);
        Assert.IsType<RunningSystem.Booting>(Server.Running);
        Assert.Equal(0, _world.Ledger.Count(_world.Servers[1].Number, Fact.ResetPressed));
    }

    [Theory]
    [InlineData("power", "invalid")]
    [InlineData("", "missing")]
    public async Task A_reset_type_that_the_server_does_not_offer_is_invalid_input(string type, string list)
    {
        var (status, body) = await Post($"/reset/{Server.Number}", ("type", type));

        Assert.Equal((400, "type"), (status, (string?)body!["error"]![list]![0]));
        Assert.Equal(0, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
    }

    [Fact]
    public async Task Only_servers_with_power_buttons_tell_whether_they_run()
    {
        var withPower = _world.Servers[1];
        var (_, without) = await Get($"/reset/{Server.Number}");
        await Post($"/reset/{withPower.Number}", ("type", "power_long"));
        var (_, with) = await Get($"/reset/{withPower.Number}");

        Assert.Equal("not supported", (string?)without!["reset"]!["operating_status"]);
        Assert.Equal("shut off", (string?)with!["reset"]!["operating_status"]);
    }

    [Fact]
    public async Task No_button_is_pressed_while_a_technician_is_awaited()
    {
        await Post($"/reset/{Server.Number}", ("type", "man"));

        var (status, body) = await Post($"/reset/{Server.Number}", ("type", "hw"));
        Assert.Equal((409, "RESET_MANUAL_ACTIVE"), (status, Code(body)));
        Assert.IsType<RunningSystem.Stuck>(Server.Running);

        _robot.TechnicianWasThere(Server.Number);
        Assert.Equal(200, (await Post($"/reset/{Server.Number}", ("type", "hw"))).Status);
    }

    [Fact]
    public async Task The_same_key_under_another_name_is_a_conflict()
    {
        var first = await Post("/key", ("name", "one"), ("data", PublicKey));
        var second = await Post("/key", ("name", "two"), ("data", PublicKey + " comment"));

        Assert.Equal(201, first.Status);
        Assert.Equal((409, "KEY_ALREADY_EXISTS"), (second.Status, Code(second.Body)));
    }

    [Fact]
    public async Task Three_wrong_logins_block_the_address_for_ten_minutes_even_for_the_right_one()
    {
        Login("wrong");
        for (var i = 0; i < 3; i++) Assert.Equal((401, "UNAUTHORIZED"), await StatusAndCode("/server"));

        Login("secret");
        Assert.Equal((403, null), await StatusAndCode("/server"));

        // Ten minutes of hardware time at ten times its speed.
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((200, null), await StatusAndCode("/server"));
    }

    [Fact]
    public async Task Two_wrong_logins_and_a_right_one_start_the_count_again()
    {
        for (var i = 0; i < 2; i++)
        {
            Login("wrong");
            await Get("/server");
            await Get("/server");
            Login("secret");
            Assert.Equal((200, null), await StatusAndCode("/server"));
        }
    }

    [Fact]
    public async Task The_fifty_first_reset_within_an_hour_is_refused_and_presses_nothing()
    {
        for (var i = 0; i < 50; i++) await Post($"/reset/{_world.Servers[i % 2].Number}", ("type", "hw"));
        var (status, body) = await Post($"/reset/{Server.Number}", ("type", "hw"));

        Assert.Equal((403, "RATE_LIMIT_EXCEEDED"), (status, Code(body)));
        Assert.Equal((360, 50), ((int)body!["error"]!["interval"]!, (int)body["error"]!["max_request"]!));
        Assert.Equal(25, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
        Assert.Equal(200, (await Get($"/reset/{Server.Number}")).Status);

        _clock.Advance(TimeSpan.FromSeconds(361));
        Assert.Equal(200, (await Post($"/reset/{Server.Number}", ("type", "hw"))).Status);
    }

    [Fact]
    public async Task An_injected_answer_is_given_as_often_as_asked_for_and_does_nothing()
    {
        _robot.Inject(new RobotFault.Answer(503), times: 2, HttpMethod.Post, "/reset/{server}");

        Assert.Equal(200, (await Get("/server")).Status);
        Assert.Equal(503, (await Post($"/reset/{Server.Number}", ("type", "hw"))).Status);
        Assert.Equal(503, (await Post($"/reset/{Server.Number}", ("type", "hw"))).Status);
        Assert.Equal(0, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
        Assert.Equal(200, (await Post($"/reset/{Server.Number}", ("type", "hw"))).Status);
    }

    [Fact]
    public async Task A_lost_reply_leaves_the_button_pressed()
    {
        _robot.Inject(new RobotFault.LoseReply());

        await Assert.ThrowsAsync<HttpRequestException>(() => Post($"/reset/{Server.Number}", ("type", "hw")));

        Assert.Equal(1, _world.Ledger.Count(Server.Number, Fact.ResetPressed));
        Assert.Equal(1, _robot.Count(HttpMethod.Post, "/reset/{server}"));
    }

    [Fact]
    public async Task A_request_met_with_silence_is_recorded_and_does_nothing()
    {
        _robot.Inject(new RobotFault.Silence());
        var recorded = new TaskCompletionSource();
        _robot.Recorded += _ => recorded.TrySetResult();
        using var patience = new CancellationTokenSource();

        var call = _http.GetAsync(new Uri("/server", UriKind.Relative), patience.Token);
        await recorded.Task;
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Null(Assert.Single(_robot.Requests).Status);
    }

    private static string? Code(JsonNode? body) => (string?)(body as JsonObject)?["error"]?["code"];

    private void Login(string password) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"robot:{password}")));

    private async Task<string> StoreKey() => (string)(await Post("/key", ("name", "caphr"), ("data", PublicKey))).Body!["key"]!["fingerprint"]!;

    private async Task<(int Status, string? Code)> StatusAndCode(string path)
    {
        var (status, body) = await Get(path);
        return (status, Code(body));
    }

    private async Task<(int Status, JsonNode? Body)> Get(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));
        return await Read(response);
    }

    private async Task<(int Status, JsonNode? Body)> Post(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        return await Read(response);
    }

    private static async Task<(int Status, JsonNode? Body)> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
