using System.Text;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Tests.Kubernetes;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Tests.Robot;

/// <summary>An order for the rescue system, with a real key from a Secret.</summary>
public sealed class RescueOrderTests : IAsyncLifetime
{
    private const string Order = "POST /boot/7/rescue";

    private static readonly RobotAccess s_access = new(AccountWorld.Secret, new ObjectName("default", "ssh"));

    private readonly SimulatedRobot _robot = new(new RealTime());
    private readonly ActorSystem _system = new("replica", new RealTime(), new Random(1), new ThreadPoolDispatcher());
    private readonly string _privateKey = SshUserKey.GenerateEd25519().Value;
    private ApiServerDouble? _server;
    private KubernetesClient? _kubernetes;
    private RobotAccounts? _accounts;
    private RobotInterpreter? _interpreter;

    public async Task InitializeAsync()
    {
        _server = await ApiServerDouble.StartAsync();
        _server.Answers(200, $$"""{"metadata":{"namespace":"default","name":"ssh"},"data":{"ssh-privatekey":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(_privateKey))}}"} }""");
        _kubernetes = _server.Client();
        _accounts = new RobotAccounts(
            _system,
            _ => _ => Task.FromResult<Outcome<RobotCredentials, StepProblem>>(new RobotCredentials("#ws+test", "correct")),
            _robot.Client, new MemoryRobotLedger(), new Budget(Budget.DefaultReserve));
        _interpreter = new RobotInterpreter(_accounts, new SshKeys(new SecretReader(_kubernetes)), quorum: null!, new RealTime());
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        _kubernetes!.Dispose();
        await _server!.DisposeAsync();
    }

    [Fact]
    public async Task An_order_whose_reply_is_lost_is_looked_at_and_not_given_twice()
    {
        var isOrdered = false;
        _robot.Instead = line =>
        {
            if (line == "GET /boot/7/rescue" && isOrdered)
                return (200, $$"""{"rescue":{"server_number":7,"active":true,"authorized_key":[{"key":{"fingerprint":"{{Fingerprint()}}"} }]} }""");
            if (line != Order) return null;
            isOrdered = true;
            return (500, "<html>a proxy has given up</html>");
        };

        Assert.IsType<Heard.LeftUnknown>(await ArmAsync());
        Assert.IsType<Heard.RescueArmed>(await ArmAsync());

        Assert.Equal(1, _robot.Count(Order));
        Assert.Equal(0, _robot.Count("DELETE /boot/7/rescue"));
    }

    [Fact]
    public async Task A_key_that_is_gone_from_robot_is_stored_again_by_the_next_try()
    {
        var isStored = true;
        _robot.Instead = line => line switch
        {
            "POST /key" => Store(),
            _ when isStored => null,
            Order => (400, """{"error":{"status":400,"code":"INVALID_INPUT","message":"invalid input","invalid":["authorized_key"]}}"""),
            _ when line.StartsWith("GET /key/", StringComparison.Ordinal) => (404, """{"error":{"status":404,"code":"NOT_FOUND","message":"not found"}}"""),
            _ => null,
        };
        Assert.IsType<Heard.RescueArmed>(await ArmAsync());

        isStored = false;
        Assert.Equal(Advice.BackOff, Assert.IsType<Heard.Refused>(await ArmAsync()).Advice);
        Assert.Equal(0, _robot.Count("POST /key"));
        Assert.IsType<Heard.RescueArmed>(await ArmAsync());

        Assert.Equal(1, _robot.Count("POST /key"));

        (int, string?) Store()
        {
            isStored = true;
            return (201, $$"""{"key":{"name":"k","fingerprint":"{{Fingerprint()}}"} }""");
        }
    }

    [Fact]
    public async Task While_no_reset_is_left_a_new_node_is_not_ordered_into_the_rescue_system_and_one_that_goes_back_is()
    {
        await PressAsync(until: problem => problem.Reason == "RobotQuotaExhausted");

        var refused = Assert.IsType<Heard.Refused>(await ArmAsync(Purpose.Install));

        Assert.Equal(("RobotQuotaExhausted", Advice.WaitForPerson), (refused.Reason, refused.Advice));
        Assert.InRange(refused.Wait!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(62));
        Assert.DoesNotContain(_robot.Seen, call => call.Line.Contains("/boot/", StringComparison.Ordinal));
        Assert.IsType<Heard.RescueArmed>(await ArmAsync(Purpose.Release));
    }

    [Fact]
    public async Task Servers_whose_order_is_refused_hold_up_nobody()
    {
        _robot.Instead = line => line.StartsWith("POST /boot/", StringComparison.Ordinal) ? (500, """{"error":{"status":500,"code":"BOOT_ACTIVATION_FAILED","message":"failed"}}""") : null;
        for (var broken = 1; broken <= 4; broken++)
        {
            Assert.IsType<Heard.Refused>(await ArmAsync(Purpose.Install, broken));
        }

        var next = _accounts!.SetOutAsync(AccountWorld.Secret, RobotLane.Provision, 9, default);
        var report = await _accounts.ShowAsync(AccountWorld.Secret, default);

        Assert.Equal(0, report!.Lanes.Single(lane => lane.Lane == RobotLane.Provision).Waiting);
        Assert.True((await next).Succeeded);
    }

    private string Fingerprint()
    {
        using var key = SshUserKey.Parse(_privateKey).Value;
        return key.Md5Fingerprint;
    }

    private Task<Heard> ArmAsync(Purpose purpose = Purpose.Install, int server = 7) =>
        _interpreter!.ArmAsync(new ServerEffect.ArmRescue(new EffectKey(new ServerNumber(server), 1), s_access, purpose), Warrant(), default);

    private async Task PressAsync(Func<StepProblem, bool> until)
    {
        while (true)
        {
            var pressed = await _accounts!.ChangeAsync(AccountWorld.Secret, RobotLane.Fence, Warrant(), RobotAsks.Press(1, ResetType.Hardware), default);
            if (pressed.Failure is { } problem && until(problem)) return;
        }
    }

    private static Warrant Warrant()
    {
        var clock = new RealTime();
        return new Warrant(shard: 1, epoch: 1, new Standing(clock, clock.GetTimestamp(), TimeSpan.MaxValue));
    }
}
