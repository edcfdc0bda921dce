namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// What Kubernetes wants, held against where the server stands. Wishes are levels, not edges: the same wish is seen again after
/// every change of state, so each rule may wait for the state in which it applies.
/// </summary>
internal static class Wishes
{
    /// <summary>Why a server is in quarantine whose claim a person has ended.</summary>
    public const string Detached = "Detached";

    public static IReadOnlyList<ServerEvent> Decide(ServerState state, ServerWish wish, DateTimeOffset now)
    {
        if (wish.Paused) return state.PausedSince is null ? [new ServerEvent.WorkPaused(now)] : [];
        if (state.PausedSince is not null)
        {
            // Work goes on at once, so what was permitted or planned otherwise during the pause must be known with the same breath.
            var resumed = new ServerEvent.WorkResumed(now);
            return [resumed, .. Decide(ServerEvolution.Evolve(state, resumed), wish, now)];
        }

        IReadOnlyList<ServerEvent> wanted = state switch
        {
            ServerState.Registered registered => Register(registered, wish, now),
            ServerState.Available available => Claim(available, wish, now),
            ServerState.Inspecting { Stage: not RescueStage.Pressing } inspecting when wish.Robot is { } robot && robot != inspecting.Robot => [new ServerEvent.AccessGiven(now, robot)],
            ServerState.Held held => Held(held, wish, now),
            _ => [],
        };
        // What the objects want comes first: a permit that was withdrawn must be known before anything goes on.
        return wanted.Count > 0 ? wanted : Requests.Decide(state, wish, now);
    }

    private static IReadOnlyList<ServerEvent> Register(ServerState.Registered state, ServerWish wish, DateTimeOffset now)
    {
        List<ServerEvent> events = [];
        if (wish.Doubted is { } doubt && state.Doubt != doubt) events.Add(new ServerEvent.Doubted(now, doubt.Reason, doubt.Message));
        if (state.Robot != wish.Robot) events.Add(new ServerEvent.AccessGiven(now, wish.Robot));
        return events;
    }

    private static IReadOnlyList<ServerEvent> Claim(ServerState.Available state, ServerWish wish, DateTimeOffset now) => wish switch
    {
        // Of a claim that this journal never saw, as after its loss.
        { Detach: { } claim } when claim != state.Freed => [new ServerEvent.Quarantined(now, Detached, "A person has ended its claim: nothing was done to the server, and its node may still be running.") { Ends = claim }],
        { Detach: not null } => [],
        { Provision: null } => wish is { InspectFirst: true, Robot: { } robot } && state.Hardware is null ? [Inspecting.Begin(robot, now)] : [],
        // A claim ends once. Who still wishes for it looks at objects of before that, and its Machine is gone.
        { Provision: var plan } when plan.Claim == state.Freed => [],
        // Its Machine is going. What was never touched is free; a node that this journal never saw is taken over first, so that it can be wiped.
        { Release: not null, Provision.AlreadyNode: false } => [],
        { Provision: { AlreadyNode: true } plan } => [new ServerEvent.ClaimAdopted(now, plan)],
        { Provision: var plan } => [new ServerEvent.ClaimAccepted(now, plan)],
    };

    private static IReadOnlyList<ServerEvent> Held(ServerState.Held state, ServerWish wish, DateTimeOffset now)
    {
        if (wish.Detach == state.Plan.Claim) return Detach(state, now);
        if (wish.Release == state.Plan.Claim) return Release(state, wish, now);
        if (state is ServerState.Repairing { Order.Cause: RepairCause.HealthCheck } repairing && wish.Repair?.Id != repairing.Order.Id) return Repairing.Withdrawn(repairing, now);
        // Well after all, and nothing was pressed for the diagnosis yet.
        if (state is ServerState.EnteringRescue { Purpose: Purpose.Diagnose, Stage: RescueStage.Arming } && wish.Repair is null) return [new ServerEvent.RepairEnded(now, Returned: true)];
        // Wiped once more for a claim that is over, so nobody else brings the credentials.
        if (wish.Provision is null && state.Phase == ServerPhase.Releasing && wish.Robot is { } robot && robot != state.Plan.Robot) return [new ServerEvent.PlanChanged(now, state.Plan with { Robot = robot })];

        // Moved to another cluster and back, or restored there: the same machine has another UID, and its node has been running all the time.
        if (state is ServerState.Provisioned or ServerState.Failed && wish.Provision is { AlreadyNode: true } moved && moved.Claim != state.Plan.Claim && IsSameNode(moved, state.Plan))
            return [new ServerEvent.PlanChanged(now, state.Plan with { Claim = moved.Claim })];

        // No wish for this claim, or one for another claim, changes nothing: only the deletion of our own Machine ends a claim.
        if (wish.Provision is not { } wished || wished.Claim != state.Plan.Claim) return [];

        if (state is ServerState.Failed && wished.RetryToken != state.Plan.RetryToken) return Retry(state, wished, wish.Repair, now);

        var plan = Replan(state, wished);
        List<ServerEvent> events = plan == state.Plan ? [] : [new ServerEvent.PlanChanged(now, plan)];
        return state switch
        {
            ServerState.Claimed when plan.Bootstrap is not null => [.. events, .. Install(state with { Plan = plan }, state, wish.Hold, now)],
            ServerState.Provisioned when wish.Repair is { } order && order.Id != state.Answered.Repair => [.. events, .. Repair(state, order, wish.Hold, now)],
            // What was to be done to it is not wanted any more, and so is not waited for.
            ServerState.Provisioned { Trouble: not null } => [.. events, new ServerEvent.WaitEnded(now)],
            _ => events,
        };
    }

    private static bool IsSameNode(Provision one, Provision other) => one.Machine == other.Machine && one.Cluster == other.Cluster && one.ProviderId == other.ProviderId;

    private static IReadOnlyList<ServerEvent> Install(ServerState.Held planned, ServerState.Held state, HoldBack? hold, DateTimeOffset now) =>
        Permits.Missing(planned, now) is { } missing ? Permits.Await(state, missing, now)
        : hold is not null ? Permits.Await(state, (hold.Reason, hold.Message), now)
        : [new ServerEvent.RescueIntended(now, Purpose.Install, now + Limits.RescueTimeout)];

    private static IReadOnlyList<ServerEvent> Repair(ServerState.Held state, RepairOrder order, HoldBack? hold, DateTimeOffset now) =>
        hold is not null ? Permits.Await(state, (hold.Reason, hold.Message), now) : Repairing.Begin(order, now);

    /// <summary>
    /// A node that could not be repaired holds data: another try starts it again, and installs nothing. Where the health check's request still stands, this is
    /// another try of that, so that a node which comes back is given the time to be found well.
    /// </summary>
    private static IReadOnlyList<ServerEvent> Retry(ServerState.Held state, Provision wished, RepairOrder? standing, DateTimeOffset now)
    {
        if (state is not ServerState.Failed { In: ServerPhase.Remediating }) return [new ServerEvent.RetryAsked(now, wished with { AlreadyNode = state.Plan.AlreadyNode })];
        var order = standing is null ? new RepairOrder($"retry {wished.RetryToken}", RepairCause.Person, Resets: 1, Limits.BootTimeout) : standing with { Resets = 1 };
        return [new ServerEvent.PlanChanged(now, Replan(state, wished) with { RetryToken = wished.RetryToken }), .. Repairing.Begin(order, now)];
    }

    /// <summary>A person answers for what runs there; it is out of our hands, and not offered to anybody.</summary>
    private static IReadOnlyList<ServerEvent> Detach(ServerState.Held state, DateTimeOffset now) => state.IsPressing
        ? []
        : [new ServerEvent.Quarantined(now, Detached, $"A person has detached it from {state.Plan.Machine}: {LeftBehind(state)}")];

    private static string LeftBehind(ServerState.Held state) => state is ServerState.Working { Installed: not null } and not ServerState.Joining and not ServerState.Repairing
        ? $"it was {state.Phase}, and what was begun was left as it is: its disk may be half written or wiped, or its node may still be running."
        : "nothing was done to the server, and its node may still be running.";

    private static IReadOnlyList<ServerEvent> Release(ServerState.Held state, ServerWish wish, DateTimeOffset now)
    {
        var plan = state.Plan.WipedUnder(wish.ReleaseGuard, wish);
        var guarded = state with { Plan = plan with { LeavesEtcd = wish.ReleaseLeavesEtcd } };
        var asked = state is ServerState.Failed { In: ServerPhase.Releasing } && wish.ReleaseRetryToken != state.Plan.RetryToken;
        // A permit that is still missing leaves the request open: it is not to be made twice.
        if (asked && Permits.Missing(guarded, now) is null)
        {
            return [new ServerEvent.PlanChanged(now, guarded.Plan with { RetryToken = wish.ReleaseRetryToken }), new ServerEvent.RescueIntended(now, Purpose.Release, now + Limits.RescueTimeout)];
        }

        List<ServerEvent> events = guarded.Plan == state.Plan ? [] : [new ServerEvent.PlanChanged(now, guarded.Plan)];
        return [.. events, .. Releasing.Begin(guarded, wish.Hold, now)];
    }

    /// <summary>
    /// Before anything is begun the whole plan may change, and until a disk is chosen, which and what may be lost on it. Afterwards only where Secrets are found, and
    /// what is permitted.
    /// </summary>
    private static Provision Replan(ServerState.Held state, Provision wished) => state switch
    {
        ServerState.Claimed => wished with { AlreadyNode = state.Plan.AlreadyNode },
        ServerState.EnteringRescue { Purpose: Purpose.Install } or ServerState.InRescue { Purpose: Purpose.Install } => Follow(state.Plan, wished) with { Disk = wished.Disk },
        _ => Follow(state.Plan, wished),
    };

    private static Provision Follow(Provision plan, Provision wished) =>
        plan with { Robot = wished.Robot, Bootstrap = wished.Bootstrap ?? plan.Bootstrap, TalosSecrets = wished.TalosSecrets, Guard = wished.Guard, Quorum = wished.Quorum };
}
