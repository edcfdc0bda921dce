using Caphr.Actors.Servers;
using FsCheck;
using FsCheck.Fluent;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>Every state meets every input. C# cannot close a family of records, so reflection says whether the lists here are complete.</summary>
public sealed class ServerWalkTests
{
    internal static List<ServerState> States()
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

    internal static ServerInput[] Inputs(EffectKey key) =>
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

    private static StandingRequests[] Requested() =>
    [
        StandingRequests.None with { Inspect = "now" }, StandingRequests.None with { PowerCycle = "now" }, StandingRequests.None with { Retry = "now" }, StandingRequests.None with { Accept = "now" },
    ];

    private static HashSet<Type> Family<T>() => [.. typeof(T).Assembly.GetTypes().Where(type => type is { IsSealed: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)))];

    [Fact]
    public void The_walk_knows_every_state_and_every_input()
    {
        Assert.Equal(Family<ServerState>(), [.. States().Select(state => state.GetType())]);
        Assert.Equal(Family<ServerInput>(), [.. Inputs(default).Select(input => input.GetType())]);
    }

    [Fact]
    public void Every_pair_is_decided_and_what_follows_can_be_replayed()
    {
        var far = Life.Start + TimeSpan.FromDays(1);
        foreach (var state in States())
        {
            foreach (var input in Inputs(new EffectKey(state.Number, state.Step)))
            {
                var decision = ServerLifecycle.Decide(state, input, far);
                var after = decision.Events.Aggregate(state, ServerEvolution.Evolve);
                Assert.True(decision.Effect is null || decision.Effect.Key.Step == after.Step, $"{state.Phase} × {input}");
            }
        }
    }

    [Fact]
    public void The_same_input_twice_does_nothing_the_second_time()
    {
        var far = Life.Start + TimeSpan.FromDays(1);
        foreach (var state in States())
        {
            foreach (var input in Inputs(new EffectKey(state.Number, state.Step)))
            {
                var after = ServerLifecycle.Decide(state, input, far).Events.Aggregate(state, ServerEvolution.Evolve);
                // A wish is a level: what it asks for may take several steps (resume, then claim). It must come to rest all the same.
                for (var i = 0; i < 4 && input is WishObserved; i++) after = ServerLifecycle.Decide(after, input, far).Events.Aggregate(after, ServerEvolution.Evolve);
                var again = ServerLifecycle.Decide(after, input, far);
                Assert.True(again.Events.Count == 0 && again.Effect is null, $"{state.Phase} × {input} gave {string.Join(", ", again.Events)} the second time");
            }
        }
    }

    [Fact]
    public void An_answer_to_an_older_step_is_never_believed()
    {
        foreach (var state in States())
        {
            foreach (var input in Inputs(new EffectKey(state.Number, state.Step - 1)).OfType<Heard>())
                Assert.Empty(ServerLifecycle.Decide(state, input, Life.Start).Events);
        }
    }

    [Fact]
    public void A_state_at_rest_is_moved_by_no_answer()
    {
        foreach (var state in States().Where(state => state.PausedSince is null && ServerLifecycle.Outstanding(state) is null))
        {
            foreach (var input in Inputs(new EffectKey(state.Number, state.Step)).OfType<Heard>())
                Assert.True(ServerLifecycle.Decide(state, input, Life.Start).Events.Count == 0, $"{state.Phase} × {input}");
        }
    }

    /// <summary>Whatever is heard, in whatever order: no second reset within one boot, none beyond the limit, no write without a proven boot, and none that is not permitted.</summary>
    [Fact]
    public void No_sequence_of_inputs_breaks_the_rules_of_resets_and_writes() =>
        Prop.ForAll(Gen.Choose(0, Inputs(default).Length - 1).ListOf(60).ToArbitrary(), choices =>
        {
            var life = new Life();
            foreach (var choice in choices) life.Hear(Inputs(life.Key)[choice]);

            var sinceClaim = life.Events.AsEnumerable();
            var resets = 0;
            var proven = false;
            var guard = WipeGuard.None;
            foreach (var happened in sinceClaim)
            {
                if (happened is ServerEvent.ClaimAccepted or ServerEvent.RetryAsked or ServerEvent.RescueIntended { Purpose: Purpose.Release }) resets = 0;
                if (happened is ServerEvent.ResetIntended) resets++;
                if (happened is ServerEvent.RescueIntended) proven = false;
                if (happened is ServerEvent.RescueReached) proven = true;
                if (happened is ServerEvent.InstallIntended or ServerEvent.WipeIntended && !proven) return false;
                guard = happened switch
                {
                    ServerEvent.ClaimAccepted accepted => accepted.Plan.Guard,
                    ServerEvent.ClaimAdopted adopted => adopted.Plan.Guard,
                    ServerEvent.RetryAsked asked => asked.Plan.Guard,
                    ServerEvent.PlanChanged changed => changed.Plan.Guard,
                    _ => guard,
                };
                if (happened is ServerEvent.InstallIntended or ServerEvent.WipeIntended && guard.NeedsPermit) return false;
                if (resets > Limits.Resets) return false;
            }

            return life.Events.Aggregate(ServerLifecycle.Start(Life.Number), ServerEvolution.Evolve) == life.State;
        }).QuickCheckThrowOnFailure();
}
