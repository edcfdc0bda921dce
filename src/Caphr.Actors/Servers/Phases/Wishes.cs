namespace Caphr.Actors.Servers.Phases;

/// <summary>
/// What Kubernetes wants, held against where the server stands. Wishes are levels, not edges: the same wish is seen again after
/// every change of state, so each rule may wait for the state in which it applies.
/// </summary>
internal static class Wishes
{
    public static IReadOnlyList<ServerEvent> Decide(ServerState state, ServerWish wish, DateTimeOffset now)
    {
        if (wish.Paused) return state.PausedSince is null ? [new ServerEvent.WorkPaused(now)] : [];
        if (state.PausedSince is not null)
        {
            // Work goes on at once, so what was permitted or planned otherwise during the pause must be known with the same breath.
            var resumed = new ServerEvent.WorkResumed(now);
            return [resumed, .. Decide(ServerEvolution.Evolve(state, resumed), wish, now)];
        }

        return state switch
        {
            ServerState.Registered registered => registered.Robot == wish.Robot ? [] : [new ServerEvent.AccessGiven(now, wish.Robot)],
            ServerState.Available available => Claim(available, wish, now),
            ServerState.Held held => Held(held, wish, now),
            _ => [],
        };
    }

    private static IReadOnlyList<ServerEvent> Claim(ServerState.Available state, ServerWish wish, DateTimeOffset now) => wish switch
    {
        { Provision: null } => [],
        // A claim ends once. Who still wishes for it looks at objects of before that, and its Machine is gone.
        { Provision: var plan } when plan.Claim == state.Freed => [],
        // Its Machine is going. What was never touched is free; a node that this journal never saw is taken over first, so that it can be wiped.
        { Release: not null, Provision.AlreadyNode: false } => [],
        { Provision: { AlreadyNode: true } plan } => [new ServerEvent.ClaimAdopted(now, plan)],
        { Provision: var plan } => [new ServerEvent.ClaimAccepted(now, plan)],
    };

    private static IReadOnlyList<ServerEvent> Held(ServerState.Held state, ServerWish wish, DateTimeOffset now)
    {
        if (wish.Release == state.Plan.Claim) return Release(state, wish, now);

        // No wish for this claim, or one for another claim, changes nothing: only the deletion of our own Machine ends a claim.
        if (wish.Provision is not { } wished || wished.Claim != state.Plan.Claim) return [];

        if (state is ServerState.Failed && wished.RetryToken != state.Plan.RetryToken)
            return [new ServerEvent.RetryAsked(now, wished with { AlreadyNode = state.Plan.AlreadyNode })];

        var plan = Replan(state, wished);
        List<ServerEvent> events = plan == state.Plan ? [] : [new ServerEvent.PlanChanged(now, plan)];
        if (state is not ServerState.Claimed || plan.Bootstrap is null) return events;
        return Permits.Missing(state with { Plan = plan }, now) is { } missing
            ? [.. events, .. Permits.Await(state, missing, now)]
            : [.. events, new ServerEvent.RescueIntended(now, Purpose.Install, now + Limits.RescueTimeout)];
    }

    private static IReadOnlyList<ServerEvent> Release(ServerState.Held state, ServerWish wish, DateTimeOffset now)
    {
        var guarded = state with { Plan = state.Plan with { Guard = wish.ReleaseGuard } };
        var asked = state is ServerState.Failed { In: ServerPhase.Releasing } && wish.ReleaseRetryToken != state.Plan.RetryToken;
        // A permit that is still missing leaves the request open: it is not to be made twice.
        if (asked && Permits.Missing(guarded, now) is null)
        {
            return [new ServerEvent.PlanChanged(now, guarded.Plan with { RetryToken = wish.ReleaseRetryToken }), new ServerEvent.RescueIntended(now, Purpose.Release, now + Limits.RescueTimeout)];
        }

        List<ServerEvent> events = guarded.Plan == state.Plan ? [] : [new ServerEvent.PlanChanged(now, guarded.Plan)];
        return [.. events, .. Releasing.Begin(guarded, now)];
    }

    /// <summary>Before anything was written the whole plan may change; afterwards only where Secrets are found, and what is permitted.</summary>
    private static Provision Replan(ServerState.Held state, Provision wished) => state is ServerState.Claimed
        ? wished with { AlreadyNode = state.Plan.AlreadyNode }
        : state.Plan with { Robot = wished.Robot, Bootstrap = wished.Bootstrap ?? state.Plan.Bootstrap, TalosSecrets = wished.TalosSecrets, Guard = wished.Guard };
}
