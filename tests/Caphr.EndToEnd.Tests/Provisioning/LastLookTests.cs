using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host;
using Caphr.Host.Effects;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>Between the decision and the write lies a connection to a machine; meanwhile a permit may end, and something else may be wanted. The last look is right before the write.</summary>
public sealed class LastLookTests
{
    private const string Image = "image/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba/v1.12.4/metal-amd64.raw.zst";

    private static readonly RobotAccess s_access = new(new ObjectName("demo", "robot"), new ObjectName("demo", "rescue-key"));
    private static readonly ClaimId s_claim = new("uid-of-machine");

    [Fact]
    public async Task What_is_not_permitted_or_not_wanted_any_more_writes_nothing()
    {
        await using var lab = await TestLab.StartAsync(network: 225, servers: 1);
        var server = lab.Datacenter.World.Servers[0];
        var number = new ServerNumber(2938101);
        var pem = SshUserKey.GenerateEd25519().Value;
        await lab.KubectlAsync("create", "namespace", "demo");
        await lab.KubectlAsync("create", "secret", "generic", s_access.SshKey.Name, "-n", "demo", $"--from-literal={SshKeys.PrivateKey}={pem}");
        using var key = SshUserKey.Parse(pem).Value;
        using var connector = new RescueConnector(new RescueConnectorOptions(), TestLab.Clock);
        var options = new HostOptions { DataDirectory = "", ReplicaName = "test", RescuePort = lab.Datacenter.Options.Ports.Rescue };
        // Robot is not asked for any of these steps.
        var interpreter = new RescueInterpreter(connector, new SshKeys(new SecretReader(lab.Kubernetes)), robot: null!, options, TestLab.Clock);
        var warrant = new Warrant(shard: 0, epoch: 0, new Standing(TestLab.Clock, TestLab.Clock.GetTimestamp(), TimeSpan.MaxValue));
        var notes = new Progress<EffectNote>();
        var address = server.Description.Address.ToString();

        server.OrderRescue("password", [], [key.PublicKeyLine]);
        server.PressReset(ResetKind.Hardware);
        var answered = Assert.IsType<Heard.RescueAnswered>(await interpreter.AwaitAsync(new ServerEffect.AwaitRescue(Step(1), s_access, address, null), notes, default));
        var proven = Assert.IsType<Heard.RescueProven>(await interpreter.ProveAsync(new ServerEffect.ProveRescue(Step(2), s_access, address, answered.HostKey), default));
        var (boot, disk) = (proven.Hardware.Boot, proven.Hardware.Disks[0]);

        Assert.Equal(("ReleaseExpired", Advice.GiveUp), Said(await InstallAsync(Ending(-1), isWanted: true)));
        Assert.Equal(("ReleaseExpired", Advice.GiveUp), Said(await WipeAsync(Ending(-1), isWanted: true)));
        Assert.Equal(("WriteNotWanted", Advice.WaitForPerson), Said(await InstallAsync(Ending(+60), isWanted: false)));
        Assert.Equal(("WriteNotWanted", Advice.WaitForPerson), Said(await WipeAsync(Ending(+60), isWanted: false)));
        var ledger = lab.Datacenter.World.Ledger;
        Assert.Equal((0, 0), (ledger.Count(number.Value, Fact.DiskWriteStarted), ledger.Count(number.Value, Fact.DiskWiped)));

        // The same steps, while the permit holds and they are wanted. What was begun is watched to its end, whatever is wanted by then.
        Assert.IsType<Heard.ImageWritten>(await InstallAsync(Ending(+60), isWanted: true));
        Assert.IsType<Heard.ImageWritten>(await InstallAsync(Ending(+60), isWanted: false));
        Assert.IsType<Heard.DiskWiped>(await WipeAsync(Ending(+60), isWanted: true));
        Assert.Equal((1, 1), (ledger.Count(number.Value, Fact.DiskWriteStarted), ledger.Count(number.Value, Fact.DiskWiped)));

        Task<Heard> InstallAsync(WipeGuard guard, bool isWanted) => interpreter.InstallAsync(
            new ServerEffect.InstallImage(Step(3), s_access, address, boot, disk, new Uri(lab.Datacenter.Factory.BaseAddress, Image), s_claim, true, guard, Attempt: 3),
            warrant,
            () => isWanted,
            notes,
            default);

        Task<Heard> WipeAsync(WipeGuard guard, bool isWanted) =>
            interpreter.WipeAsync(new ServerEffect.WipeDisk(Step(4), s_access, address, boot, disk, s_claim, true, guard), warrant, () => isWanted, default);

        EffectKey Step(int step) => new(number, step);
    }

    private static WipeGuard Ending(int minutes) =>
        new(NeedsPermit: true, new WipePermit(new ObjectName("demo", "release"), "uid-of-release", TestLab.Clock.GetUtcNow().AddMinutes(minutes)));

    private static (string Reason, Advice Advice) Said(Heard heard)
    {
        var refused = Assert.IsType<Heard.Refused>(heard);
        return (refused.Reason, refused.Advice);
    }
}
