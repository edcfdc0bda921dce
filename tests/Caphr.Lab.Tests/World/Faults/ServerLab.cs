using Caphr.Lab.Rescue;
using Caphr.Lab.Robot;
using Caphr.Lab.Tests.Rescue;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;
using Caphr.Protocols.Robot;

namespace Caphr.Lab.Tests.World.Faults;

/// <summary>Servers as they are met from outside, over HTTP and SSH. Their time passes when a test says so, and not before.</summary>
internal sealed class ServerLab : IAsyncDisposable
{
    // A session that hears nothing for ten minutes is ended.
    public static readonly TimeSpan AnyBoot = TimeSpan.FromMinutes(9);

    private readonly SshUserKey _key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;
    private readonly RescueConnector _connector = new(new RescueConnectorOptions(), Tests.Rescue.Clock.Real);
    private readonly ImageServer _images = new();
    private readonly LabRescue _rescue;
    private readonly LabRobot _robot;

    private ServerLab(byte network, IReadOnlyList<string>? talos)
    {
        World = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 1, Network = network, Talos = talos ?? [] }, Clock);
        _rescue = new LabRescue(World, new LabRescueOptions { Port = 0 });
        _robot = new LabRobot(World, new LabRobotOptions());
    }

    public ManualClock Clock { get; } = new();

    public LabWorld World { get; }

    public RobotClient Robot { get; private set; } = null!;

    public LabServer Server => World.Servers[0];

    public LabDisk FirstDisk => Server.Description.Disks[0];

    public DiskIdentity First => new(Serial: FirstDisk.Serial);

    public DiskIdentity Last => new(Serial: Server.Description.Disks[^1].Serial);

    public ServerIdentity Identity => new(Server.Description.PrimaryMac, Server.Description.SystemUuid);

    public HostKey? HostKey => _rescue.HostKeyOf(Server);

    public bool Listens => _rescue.EndpointOf(Server) is not null;

    public static async Task<ServerLab> StartAsync(byte network, IReadOnlyList<string>? talos = null)
    {
        var lab = new ServerLab(network, talos);
        await lab._robot.StartAsync(default);
        lab.Robot = new RobotClient(new RobotClientOptions { BaseAddress = lab._robot.BaseAddress }, new RobotCredentials("robot", "robot-demo"), lab.Clock);
        Assert.True((await lab.Robot.CreateKey("rescue", lab._key.PublicKeyLine, default)).Succeeded);
        return lab;
    }

    /// <param name="fault">In the words of the command line, for the first server.</param>
    public void Break(string fault) => Assert.Null(World.Faults.Plan(FaultText.Read($"server {Server.Number} {fault}").Value));

    public void Heal(ServerFault fault) => Assert.Null(World.Faults.Heal(new LabFault.OfServer(Server.Number, fault)));

    public async Task OrderAsync() => Assert.True((await Robot.ActivateRescue(Server.Number, [_key.Md5Fingerprint], default)).Succeeded);

    public async Task<bool> IsOrderedAsync() => (await Robot.GetRescue(Server.Number, default)).Value.Active;

    /// <summary>Presses the button and lets any boot that will end, end.</summary>
    public async Task ResetAsync()
    {
        Assert.True((await Robot.Reset(Server.Number, ResetType.Hardware, default)).Succeeded);
        Clock.Advance(AnyBoot);
    }

    public async Task OrderAndResetAsync()
    {
        await OrderAsync();
        await ResetAsync();
    }

    public async Task<RescueSession> EnterRescueAsync()
    {
        await OrderAndResetAsync();
        return (await ConnectAsync()).Value;
    }

    /// <summary>Where nothing listens there is no port to ask, and so the answer is what the port gave while something did.</summary>
    public Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(HostKeyPolicy? policy = null) => ConnectAsync(_connector, policy ?? new HostKeyPolicy.FirstSight());

    /// <summary>To what says nothing, for which there is no need to wait long.</summary>
    public async Task<Outcome<RescueSession, RescueFailure>> ConnectBrieflyAsync()
    {
        using var impatient = new RescueConnector(new RescueConnectorOptions { LoginTimeout = TimeSpan.FromSeconds(2) }, Tests.Rescue.Clock.Real);
        return await ConnectAsync(impatient, new HostKeyPolicy.FirstSight());
    }

    public InstallRequest Install(string attempt, DiskIdentity? disk = null, DiskOwner owner = DiskOwner.Anyone) => new(attempt, Identity, disk ?? First, owner, _images.Image);

    /// <summary>Returns when the writer has all it needs and only the disk's own time is missing.</summary>
    public async Task<InstallStatus> BeginInstallAsync(RescueSession session, InstallRequest request)
    {
        var writes = World.Deeds.All().Count(deed => deed.Kind == Lab.World.Deeds.DeedKind.WriteDisk);
        var begun = await session.StartInstallAsync(request, default);
        Assert.True(begun.Succeeded, begun.Failure?.ToString());
        await Eventually.BecomesTrueAsync(() => World.Deeds.All().Count(deed => deed.Kind == Lab.World.Deeds.DeedKind.WriteDisk) > writes);
        return begun.Value;
    }

    public async Task<InstallStatus> InstallAsync(RescueSession session, InstallRequest request)
    {
        await BeginInstallAsync(session, request);
        Clock.Advance(HardwareTimes.Typical.ImageWrite + TimeSpan.FromSeconds(1));
        return (await session.InstallStatusAsync(request.Attempt, default)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        Robot.Dispose();
        await _robot.DisposeAsync();
        await _rescue.DisposeAsync();
        await _images.DisposeAsync();
        _connector.Dispose();
        _key.Dispose();
    }

    private async Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(RescueConnector connector, HostKeyPolicy policy)
    {
        var endpoint = _rescue.EndpointOf(Server);
        Assert.NotNull(endpoint);
        return await connector.ConnectAsync(new RescueEndpoint(endpoint.Address, endpoint.Port), _key, policy, default);
    }
}
