using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host;
using Caphr.Host.Effects;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>A writer goes on while nobody can reach its server, and is found again by whoever comes back.</summary>
public sealed class WriterOutOfSightTests
{
    private static readonly RobotAccess s_access = new(new ObjectName("demo", "robot"), new ObjectName("demo", "rescue-key"));

    [Fact]
    public async Task A_connection_lost_for_longer_than_is_waited_for_does_not_have_the_image_written_twice()
    {
        await using var lab = await TestLab.StartAsync(network: 219, servers: 1);
        var server = lab.Datacenter.World.Servers[0];
        var pem = SshUserKey.GenerateEd25519().Value;
        await lab.KubectlAsync("create", "namespace", "demo");
        await lab.KubectlAsync("create", "secret", "generic", s_access.SshKey.Name, "-n", "demo", $"--from-literal={SshKeys.PrivateKey}={pem}");
        using var key = SshUserKey.Parse(pem).Value;
        using var connector = new RescueConnector(new RescueConnectorOptions(), TestLab.Clock);
        var reaching = Interpreter(lab, connector, lab.Datacenter.Options.Ports.Rescue, TestLab.Clock);
        // Nothing listens there, and every look at the clock is minutes after the one before.
        var cutOff = Interpreter(lab, connector, port: 1, new Leaping());
        var notes = new Progress<EffectNote>();
        var address = server.Description.Address.ToString();
        var warrant = new Warrant(shard: 0, epoch: 0, new Standing(TestLab.Clock, TestLab.Clock.GetTimestamp(), TimeSpan.MaxValue));
        server.OrderRescue("password", [], [key.PublicKeyLine]);
        server.PressReset(ResetKind.Hardware);
        var answered = Assert.IsType<Heard.RescueAnswered>(await reaching.AwaitAsync(new ServerEffect.AwaitRescue(Step(1), s_access, address, null), notes, default));
        var proven = Assert.IsType<Heard.RescueProven>(await reaching.ProveAsync(new ServerEffect.ProveRescue(Step(2), s_access, address, answered.HostKey), default));
        var install = new ServerEffect.InstallImage(
            Step(3), s_access, address, proven.Hardware.Boot, proven.Hardware.Disks[0], new Uri(lab.Datacenter.Factory.BaseAddress, "image/x/v1.12.4/metal-amd64.raw.zst"), new ClaimId("uid-of-machine"), false, Until(+60), Attempt: 3);

        using var cut = new CancellationTokenSource();
        var watching = reaching.InstallAsync(install, warrant, notes, cut.Token);
        await lab.EventuallyAsync("the write has begun", () => Writes() == 1);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.IsNotType<Heard.ImageWritten>(await cutOff.InstallAsync(install, warrant, notes, default));

        // The step has risen, and the permit has ended meanwhile.
        var written = await reaching.InstallAsync(install with { Key = Step(4), Guard = Until(-1) }, warrant, notes, default);

        Assert.Equal(Step(4), Assert.IsType<Heard.ImageWritten>(written).Key);
        Assert.Equal((1, 1), (Writes(), lab.Datacenter.World.Ledger.Count(server.Number, Fact.DiskWritten)));

        EffectKey Step(int step) => new(new ServerNumber(server.Number), step);
        int Writes() => lab.Datacenter.World.Ledger.Count(server.Number, Fact.DiskWriteStarted);
    }

    // Robot is not asked for any of these steps.
    private static RescueInterpreter Interpreter(TestLab lab, RescueConnector connector, int port, TimeProvider clock) => new(
        connector, new SshKeys(new SecretReader(lab.Kubernetes)), robot: null!, new HostOptions { DataDirectory = "", ReplicaName = "test", RescuePort = port }, clock);

    private static WipeGuard Until(int minutes) =>
        new(NeedsPermit: true, new WipePermit(new ObjectName("demo", "release"), "uid-of-release", TestLab.Clock.GetUtcNow().AddMinutes(minutes)));

    private sealed class Leaping : TimeProvider
    {
        private long _at;

        public override long GetTimestamp() => Interlocked.Add(ref _at, TimestampFrequency * 180);
    }
}
