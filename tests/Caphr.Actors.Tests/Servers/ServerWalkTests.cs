using Caphr.Actors.Servers;
using FsCheck;
using FsCheck.Fluent;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>Every state meets every input. C# cannot close a family of records, so reflection says whether the lists here are complete.</summary>
public sealed class ServerWalkTests
{
    private static HashSet<Type> Family<T>() => [.. typeof(T).Assembly.GetTypes().Where(type => type is { IsSealed: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)))];

    [Fact]
    public void The_walk_knows_every_state_and_every_input()
    {
        Assert.Equal(Family<ServerState>(), [.. Samples.States().Select(state => state.GetType())]);
        Assert.Equal(Family<ServerInput>(), [.. Samples.Inputs(default).Select(input => input.GetType())]);
    }

    [Fact]
    public void Every_pair_is_decided_and_what_follows_can_be_replayed()
    {
        var far = Life.Start + TimeSpan.FromDays(1);
        foreach (var state in Samples.States())
        {
            foreach (var input in Samples.Inputs(new EffectKey(state.Number, state.Step)))
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
        foreach (var state in Samples.States())
        {
            foreach (var input in Samples.Inputs(new EffectKey(state.Number, state.Step)))
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
        foreach (var state in Samples.States())
        {
            foreach (var input in Samples.Inputs(new EffectKey(state.Number, state.Step - 1)).OfType<Heard>())
                Assert.Empty(ServerLifecycle.Decide(state, input, Life.Start).Events);
        }
    }

    [Fact]
    public void A_state_at_rest_is_moved_by_no_answer()
    {
        foreach (var state in Samples.States().Where(state => state.PausedSince is null && ServerLifecycle.Outstanding(state) is null))
        {
            foreach (var input in Samples.Inputs(new EffectKey(state.Number, state.Step)).OfType<Heard>())
                Assert.True(ServerLifecycle.Decide(state, input, Life.Start).Events.Count == 0, $"{state.Phase} × {input}");
        }
    }

    /// <summary>Whatever is heard, in whatever order: no second reset within one boot, none beyond the limit, no write without a proven boot, and none that is not permitted.</summary>
    [Fact]
    public void No_sequence_of_inputs_breaks_the_rules_of_resets_and_writes() =>
        Prop.ForAll(Gen.Choose(0, Samples.Inputs(default).Length - 1).ListOf(60).ToArbitrary(), choices =>
        {
            var life = new Life();
            foreach (var choice in choices) life.Hear(Samples.Inputs(life.Key)[choice]);

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
