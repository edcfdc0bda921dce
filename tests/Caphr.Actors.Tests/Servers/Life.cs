using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>One server's life as a test tells it: what is heard, in order, and what came of it.</summary>
internal sealed class Life
{
    public static readonly ServerNumber Number = new(2938101);
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);
    public static readonly RobotAccess Access = new(new ObjectName("metal", "robot"), new ObjectName("metal", "ssh"));
    public static readonly ServerRecord Record = new("127.77.0.2", "2a01:4f8::", "AX52", "FSN1-DC14");
    public static readonly RescueBoot Boot = new("SHA256:host", "a8:a1:59:00:00:01", "uuid-1");
    public static readonly DiskFacts Disk = new("nvme0n1", "S1", "eui.1", "nvme-S1", 1_000_000_000_000, Rotational: false, Foreign: null);
    public static readonly MaintenanceTalos Talos = new("pin", "v1.12.4");

    public static readonly Provision Plan = new()
    {
        Claim = new ClaimId("uid-1"),
        Machine = new ObjectName("metal", "cp-0"),
        Cluster = "demo",
        Robot = Access,
        Image = new Uri("https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst"),
        TalosVersion = "v1.12.4",
        ProviderId = "hetzner-robot://2938101",
        Bootstrap = new ObjectName("metal", "cp-0-bootstrap-data"),
        TalosSecrets = new ObjectName("metal", "demo-talos"),
    };

    public static readonly ServerWish Idle = new() { Number = Number, Robot = Access };
    public static readonly ServerWish Wanted = Idle with { Provision = Plan };
    public static readonly ServerWish Released = Idle with { Release = Plan.Claim };
    public static readonly RepairOrder Repair = new("request-1", RepairCause.HealthCheck, Resets: 2, TimeSpan.FromMinutes(10));
    public static readonly ServerWish Sick = Wanted with { Repair = Repair };

    public ServerState State { get; private set; } = ServerLifecycle.Start(Number);

    public List<ServerEvent> Events { get; } = [];

    public ServerEffect? Effect => ServerLifecycle.Outstanding(State);

    public EffectKey Key => new(Number, State.Step);

    public DateTimeOffset Now { get; private set; } = Start;

    public static HardwareFacts Hardware(params DiskFacts[] disks) => new(Boot, disks.Length == 0 ? [Disk] : disks, Uefi: true);

    public Decision Hear(ServerInput input)
    {
        Now += TimeSpan.FromSeconds(1);
        return HearAt(input);
    }

    public Decision After(TimeSpan wait, ServerInput input)
    {
        Now += wait;
        return HearAt(input);
    }

    /// <summary>What an older release may have written.</summary>
    public void Replay(ServerEvent happened) => State = ServerEvolution.Evolve(State, happened);

    private Decision HearAt(ServerInput input)
    {
        var decision = ServerLifecycle.Decide(State, input, Now);
        State = decision.Events.Aggregate(State, ServerEvolution.Evolve);
        Events.AddRange(decision.Events);
        return decision;
    }

    /// <summary>The whole way, with one answer for each effect; stops at the asked-for kind of state.</summary>
    public Life Until<TState>(Func<TState, bool>? also = null)
        where TState : ServerState
    {
        if (State is ServerState.Registered { Robot: null }) Hear(new WishObserved(Idle));
        for (var i = 0; i < 30 && !(State is TState reached && (also?.Invoke(reached) ?? true)); i++) Hear(Next());
        Assert.IsType<TState>(State);
        return this;
    }

    /// <summary>The effect that is due ends as it should.</summary>
    public Decision Answer() => Hear(Next());

    private ServerInput Next() => Effect switch
    {
        ServerEffect.LookUpServer => new Heard.ServerFound(Key, Record),
        ServerEffect.ArmRescue => new Heard.RescueArmed(Key),
        ServerEffect.DismissNode => new Heard.NodeDismissed(Key),
        ServerEffect.PrepareReset => new Heard.ResetReady(Key),
        ServerEffect.PressReset => new Heard.ResetPressed(Key),
        ServerEffect.AwaitRescue => new Heard.RescueAnswered(Key, Boot.HostKey),
        ServerEffect.ProveRescue => new Heard.RescueProven(Key, Hardware()),
        ServerEffect.InstallImage => new Heard.ImageWritten(Key, 1_300_000_000, "abc"),
        ServerEffect.LeaveRescue => new Heard.RescueLeft(Key),
        ServerEffect.AwaitTalos => new Heard.MaintenanceAnswered(Key, Talos),
        ServerEffect.ApplyConfiguration => new Heard.ConfigurationAccepted(Key),
        ServerEffect.AwaitNode => new Heard.NodeProven(Key, Talos.Version),
        ServerEffect.WipeDisk => new Heard.DiskWiped(Key),
        _ => new WishObserved(State is ServerState.Provisioned ? Released : Wanted),
    };

    public Life Release() => Wish(Released);

    public Life Wish(ServerWish wish)
    {
        Hear(new WishObserved(wish));
        return this;
    }
}
