using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caphr.Lab.Rescue;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Rescue.Agent;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Wire.Machine;
using Google.Protobuf;

namespace Caphr.Lab.Tests.World;

/// <summary>
/// A simple-minded operator who makes a node of every server, over functions instead of sockets and on a clock that waits for nothing: it looks
/// at each server every quarter of a minute, does the next thing, and presses the button again where nothing comes for ten minutes.
/// </summary>
internal sealed class Rollout : IAsyncDisposable
{
    private const string KeyBlob = "AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl";
    private const string Image = "http://factory/image/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba/v1.13.0/metal-amd64.raw.zst";

    // Robot takes fifty resets an hour; the others are pressed by hand.
    private const int OverRobot = 20;

    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);
    private static readonly HashSet<string> s_admin = ["os:admin"];

    private readonly ManualClock _clock = new();
    private readonly LabTalosCluster _cluster;
    private readonly string _configuration;
    private readonly LabRobot _robot;
    private readonly RescueSystems _rescue;
    private readonly TalosNodes _talos;
    private readonly Dictionary<int, (int Times, TimeSpan At)> _pressed = [];
    private readonly string _authorization = "Basic " + Convert.ToBase64String("robot:robot-demo"u8);

    public Rollout(int servers, int seed)
    {
        World = new LabWorld(new WorldOptions { Servers = servers, Seed = seed, TimeScale = 1 }, _clock);
        _cluster = new LabTalosCluster("fleet", new Uri("https://10.0.0.1:6443"), _clock, new Random(1));
        _configuration = _cluster.MachineConfiguration(LabMachineRole.Worker, TalosVersion.Parse("v1.13.0"));
        var authorities = new LabAuthorities();
        authorities.Register(_cluster.Authority);
        _robot = new LabRobot(World, new LabRobotOptions());
        _rescue = new RescueSystems(World, new ImagesOfNames());
        _talos = new TalosNodes(World, new LabTalosOptions { Authorities = authorities });
    }

    public LabWorld World { get; }

    public int Ready => World.Servers.Count(server => server.Running is RunningSystem.TalosConfigured { Ready: true });

    public void Break(string line) => Assert.Null(World.Faults.Plan(FaultText.Read(line).Value));

    public void Run(TimeSpan span)
    {
        Robot(HttpMethod.Post, "/key", $"name=fleet&data={Uri.EscapeDataString("ssh-ed25519 " + KeyBlob)}");
        for (var i = 0; i < World.Servers.Count; i++)
        {
            var server = World.Servers[i];
            var isOverRobot = i < OverRobot;
            Press(server, isOverRobot);
            Later(() => Look(server));
        }

        _clock.Advance(span);
    }

    public string Trace() => string.Join('\n', World.Ledger.Trace());

    public async ValueTask DisposeAsync()
    {
        await _robot.DisposeAsync();
        _talos.Dispose();
        _rescue.Dispose();
        _cluster.Dispose();
    }

    private void Press(LabServer server, bool isOverRobot)
    {
        _pressed[server.Number] = (_pressed.GetValueOrDefault(server.Number).Times + 1, World.Time.Elapsed);
        if (isOverRobot)
        {
            Robot(HttpMethod.Post, $"/boot/{server.Number}/rescue", $"os=linux&authorized_key[]={Uri.EscapeDataString(SshKeyFingerprint.OfOpenSsh("ssh-ed25519 " + KeyBlob)!)}");
            Robot(HttpMethod.Post, $"/reset/{server.Number}", "type=hw");
            return;
        }

        if (server.PendingRescue is null) server.OrderRescue("", [], ["ssh-ed25519 " + KeyBlob]);
        server.PressReset(server.Running is RunningSystem.PoweredOff ? ResetKind.Power : ResetKind.Hardware);
    }

    private void Later(Action action) => World.Time.After(s_glance, action);

    private void Look(LabServer server)
    {
        if (server.Running is RunningSystem.TalosConfigured { Ready: true }) return;
        Later(() => Look(server));
        if (server.Running is RunningSystem.Rescue) Install(server);
        else if (server.Running is RunningSystem.TalosMaintenance) Configure(server);
        else if (World.Time.Elapsed - _pressed[server.Number].At > s_patience) Press(server, isOverRobot: false);
    }

    private void Install(LabServer server)
    {
        if (World.Time.Elapsed - _pressed[server.Number].At > s_patience * 2)
        {
            Press(server, isOverRobot: false);
            return;
        }

        var identity = new ServerIdentity(server.Description.PrimaryMac, null);
        var disk = new DiskIdentity(Serial: server.Description.Disks[0].Serial);
        var attempt = $"attempt-{_pressed[server.Number].Times}";
        if (Agent(server, "status", new StatusRequest(attempt), AgentJson.Default.StatusRequest, AgentJson.Default.InstallStatus) is not { } status) return;
        if (status.State == AttemptState.Absent) Agent(server, "install", new InstallRequest(attempt, identity, disk, DiskOwner.Anyone, Image), AgentJson.Default.InstallRequest, AgentJson.Default.InstallStatus);
        else if (status.State == AttemptState.Done) Agent(server, "boot", new BootRequest(identity, disk, AllowKexec: server.Number % 2 == 0), AgentJson.Default.BootRequest, AgentJson.Default.BootReport);
    }

    private void Configure(LabServer server) => _talos.Call(
        server,
        TalosMethods.ApplyConfiguration.Path,
        new ApplyConfigurationRequest { Data = ByteString.CopyFromUtf8(_configuration), Mode = ApplyConfigurationRequest.Types.Mode.Auto }.ToByteArray(),
        s_admin);

    private TAnswer? Agent<TRequest, TAnswer>(LabServer server, string verb, TRequest request, JsonTypeInfo<TRequest> asked, JsonTypeInfo<TAnswer> answered)
        where TAnswer : class
    {
        var key = Convert.FromBase64String(KeyBlob);
        if (_rescue.Run(server, key, AgentScript.UploadCommand, AgentScript.Text.Span) is not RescueAnswer.Ended { Status: 0 }) return null;
        return _rescue.Run(server, key, AgentScript.Command(verb), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(request, asked))) is RescueAnswer.Ended { Status: 0 } ended
            ? JsonSerializer.Deserialize(ended.Output.Span, answered)
            : null;
    }

    private void Robot(HttpMethod method, string target, string form) => _robot.Answer(new LabRobotCall(method, target, form, _authorization, IPAddress.Loopback));
}
