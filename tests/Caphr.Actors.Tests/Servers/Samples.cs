using Caphr.Actors.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>One of each kind: every state of a server, with each of its stages, and every input, named as in docs/states.md. ServerWalkTests says whether the lists are complete.</summary>
internal static class Samples
{
    public static List<ServerState> States()
    {
        List<ServerState> states =
        [
            ServerLifecycle.Start(Life.Number),
            new Life().Until<ServerState.Available>().State,
            new Life().Until<ServerState.Claimed>().State,
            new Life().Until<ServerState.EnteringRescue>().State,
            new Life().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Pressing).State,
            new Life().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Awaiting).State,
            new Life().Until<ServerState.InRescue>().State,
            new Life().Until<ServerState.Installing>().State,
            new Life().Until<ServerState.Booting>().State,
            new Life().Until<ServerState.Booting>(state => state.Stage == BootStage.AwaitingTalos).State,
            new Life().Until<ServerState.Configuring>().State,
            new Life().Until<ServerState.Joining>().State,
            new Life().Until<ServerState.Provisioned>().State,
            new Life().Until<ServerState.Provisioned>().Release().State,
            new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.InRescue>().State,
            new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.Wiping>().State,
            Failed(),
            new Life().Until<ServerState.Available>().Wish(Life.Idle with { InspectFirst = true }).State,
            new Life().Until<ServerState.Available>().Wish(Life.Idle with { InspectFirst = true }).Until<ServerState.Inspecting>(state => state.Stage == RescueStage.Pressing).State,
            new Life().Until<ServerState.Available>().Wish(Life.Idle with { InspectFirst = true }).Until<ServerState.Inspecting>(state => state.Stage == RescueStage.Awaiting).State,
            new Life().Until<ServerState.Available>().Wish(Life.Idle with { InspectFirst = true }).Until<ServerState.Inspecting>(state => state.HostKey is not null).State,
            new Life().Until<ServerState.Provisioned>().Wish(Life.Sick).State,
            new Life().Until<ServerState.Provisioned>().Wish(Life.Sick).Until<ServerState.Repairing>(state => state.Stage == RepairStage.Pressing).State,
            new Life().Until<ServerState.Provisioned>().Wish(Life.Sick).Until<ServerState.Repairing>(state => state.Stage == RepairStage.Watching).State,
            new Life().Until<ServerState.Provisioned>().Wish(Life.Sick).Until<ServerState.Repairing>(state => state.Stage == RepairStage.Returned).State,
            Diagnosed().State,
            Diagnosed().Until<ServerState.InRescue>().State,
            Diagnosed().Until<ServerState.Failed>().State,
            new Life().Until<ServerState.Provisioned>().Release().Until<ServerState.EnteringRescue>(state => state.Stage == RescueStage.Dismissing).State,
            new Life().Until<ServerState.Provisioned>().Wish(Life.Idle with { Detach = Life.Plan.Claim }).State,
        ];
        states.AddRange([.. states.Select(state => state with { PausedSince = Life.Start })]);
        return states;
    }

    public static ServerInput[] Inputs(EffectKey key) =>
    [
        new WishObserved(Life.Idle), new WishObserved(Life.Wanted), new WishObserved(Life.Released), new WishObserved(Life.Wanted with { Paused = true }),
        new WishObserved(Life.Idle with { Robot = null }),
        new WishObserved(Life.Idle with { Provision = Life.Plan with { AlreadyNode = true } }),
        new WishObserved(Life.Idle with { Provision = Life.Plan with { RetryToken = "now" } }),
        new WishObserved(Life.Idle with { Provision = Life.Plan with { Claim = new ClaimId("other") } }),
        new WishObserved(Life.Idle with { Provision = Life.Plan with { Guard = new WipeGuard(NeedsPermit: true, Permit: null) } }),
        new WishObserved(Life.Released with { ReleaseGuard = new WipeGuard(NeedsPermit: true, Permit: null) }),
        new WishObserved(Life.Sick), new WishObserved(Life.Sick with { Hold = new HoldBack("LimitReached", "Later.") }), new WishObserved(Life.Wanted with { Hold = new HoldBack("LimitReached", "Later.") }),
        new WishObserved(Life.Idle with { Doubted = new Doubt("R", "m") }), new WishObserved(Life.Idle with { Detach = Life.Plan.Claim }), new WishObserved(Life.Idle with { InspectFirst = true }),
        .. Requested().Select(requests => new WishObserved(Life.Wanted with { Requests = requests })),
        .. Requested().Select(requests => new WishObserved(Life.Idle with { Requests = requests })),
        new Recovered(), new DeadlineCame(),
        new Heard.ServerFound(key, Life.Record), new Heard.RescueArmed(key), new Heard.ResetReady(key), new Heard.ResetPressed(key), new Heard.RescueAnswered(key, "SHA256:x"),
        new Heard.RescueProven(key, Life.Hardware()), new Heard.ImageWritten(key, 1, null), new Heard.WriteFailed(key, "R", "m"), new Heard.RescueLeft(key),
        new Heard.MaintenanceAnswered(key, Life.Talos), new Heard.ConfigurationAccepted(key), new Heard.NodeProven(key, "v1"), new Heard.NodeDismissed(key), new Heard.DiskWiped(key),
        new Heard.LeftUnknown(key, "lost"), new Heard.Refused(key, "R", "m", Advice.BackOff), new Heard.Refused(key, "R", "m", Advice.GiveUp),
        new Heard.Refused(key, "R", "m", Advice.WaitForPerson), new Heard.Refused(key, "R", "m", Advice.EnterRescueAgain),
    ];

    public static string NameOf(ServerState state) => state switch
    {
        ServerState.EnteringRescue entering => $"{entering.Purpose}: {entering.Stage}",
        ServerState.InRescue inRescue => $"{inRescue.Purpose}: proving",
        ServerState.Wiping => "Release: wiping",
        ServerState.Inspecting { HostKey: not null } => "Inspect: proving",
        ServerState.Inspecting inspecting => $"Inspect: {inspecting.Stage}",
        ServerState.Repairing repairing => $"Repair: {repairing.Stage}",
        ServerState.Booting booting => $"Booting: {booting.Stage}",
        ServerState.Failed failed => $"Failed in {failed.In}",
        _ => state.Phase.ToString(),
    } + (state.PausedSince is null ? "" : " (paused)");

    public static string NameOf(ServerInput input) => input is Heard.Refused refused ? $"Refused ({refused.Advice})" : input.GetType().Name;

    /// <summary>Neither reset helped, and the rescue system is on its way.</summary>
    private static Life Diagnosed()
    {
        var life = new Life().Until<ServerState.Provisioned>().Wish(Life.Sick);
        while (life.State is ServerState.Repairing { Stage: var stage })
        {
            if (stage is RepairStage.Preparing or RepairStage.Pressing) life.Answer();
            else life.After(TimeSpan.FromMinutes(11), new DeadlineCame());
        }

        return life;
    }

    private static ServerState Failed()
    {
        var life = new Life().Until<ServerState.InRescue>();
        life.Hear(new Heard.Refused(life.Key, "NotRescue", "Not the rescue system.", Advice.GiveUp));
        return life.State;
    }

    private static StandingRequests[] Requested() =>
    [
        StandingRequests.None with { Inspect = "now" }, StandingRequests.None with { PowerCycle = "now" }, StandingRequests.None with { Retry = "now" }, StandingRequests.None with { Accept = "now" },
    ];
}
