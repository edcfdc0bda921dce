using Caphr.Actors.Servers;
using Caphr.Actors.Tests.Servers;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>
/// Which input can meet which state, named as in docs/states.md. A walk through the lifecycle finds them: it says which states there are and which answers it
/// listens to in each. Taken away is what no interpreter ever answers, and nothing else; so a new stage or answer is expected to be met before anybody thinks of it.
/// </summary>
internal static class Pairs
{
    private static readonly DateTimeOffset s_far = Life.Start + TimeSpan.FromDays(1);

    /// <summary>What is done to the world in each state; null: nothing.</summary>
    public static IReadOnlyDictionary<string, Type?> Steps { get; }

    public static IReadOnlySet<(string State, string Input)> Possible { get; }

    static Pairs()
    {
        HashSet<(string State, string Input)> pairs = [];
        var steps = new Dictionary<string, Type?>(StringComparer.Ordinal);
        foreach (var state in States())
        {
            steps[NameOf(state)] = ServerLifecycle.Outstanding(state)?.GetType() ?? steps.GetValueOrDefault(NameOf(state));
            pairs.UnionWith(Samples.Inputs(new EffectKey(state.Number, state.Step)).Where(input => CanMeet(state, input)).Select(input => (NameOf(state), Samples.NameOf(input))));
        }

        (Steps, Possible) = (steps, pairs);
    }

    /// <summary>A pause, and where somebody has failed, are not told apart: that would be several times as many.</summary>
    public static string NameOf(ServerState state) => state is ServerState.Failed ? nameof(ServerState.Failed) : Samples.NameOf(state with { PausedSince = null });

    private static IEnumerable<ServerState> States()
    {
        var ahead = new Queue<ServerState>(Samples.States().Where(state => state.PausedSince is null));
        var known = ahead.Select(Kind).ToHashSet();
        while (ahead.TryDequeue(out var state))
        {
            yield return state;
            foreach (var input in Samples.Inputs(new EffectKey(state.Number, state.Step)).Where(input => CanMeet(state, input)))
            {
                var after = ServerLifecycle.Decide(state, input, s_far).Events.Aggregate(state, ServerEvolution.Evolve) with { PausedSince = null };
                if (known.Add(Kind(after))) ahead.Enqueue(after);
            }
        }
    }

    /// <summary>Of states that hear the same, one is enough to walk on from.</summary>
    private static (string Name, Type? Effect, bool IsTimed) Kind(ServerState state) => (NameOf(state), ServerLifecycle.Outstanding(state)?.GetType(), state.Deadline is not null);

    private static bool CanMeet(ServerState state, ServerInput input) => input switch
    {
        WishObserved or Recovered => true,
        DeadlineCame => state.Deadline is not null,
        Heard heard => ServerLifecycle.Outstanding(state) is { } effect && !IsNeverAnswered(effect, heard) && ServerLifecycle.Decide(state, heard, s_far).Events.Count > 0,
        _ => true,
    };

    /// <summary>What the lifecycle would listen to, and its interpreters cannot say.</summary>
    private static bool IsNeverAnswered(ServerEffect effect, Heard heard) => (effect, heard) switch
    {
        // Who only looks, or has changed nothing that matters, knows what was done.
        (ServerEffect.LookUpServer or ServerEffect.PrepareReset or ServerEffect.AwaitRescue or ServerEffect.AwaitNode, Heard.LeftUnknown) => true,
        // It waits for as long as it is left to.
        (ServerEffect.AwaitTalos, Heard.LeftUnknown or Heard.Refused) => true,
        // They read a Secret, and wait: what keeps them from that passes, or is for a person to mend.
        (ServerEffect.AwaitRescue or ServerEffect.AwaitNode, Heard.Refused { Advice: Advice.BackOff or Advice.GiveUp }) => true,
        // Only who is in a rescue system, or has just left it, can find that it is another one.
        (ServerEffect.LookUpServer or ServerEffect.ArmRescue or ServerEffect.PrepareReset or ServerEffect.PressReset or ServerEffect.DismissNode or ServerEffect.AwaitRescue or ServerEffect.AwaitNode,
            Heard.Refused { Advice: Advice.EnterRescueAgain }) => true,
        // That this rescue system is gone is what was wanted.
        (ServerEffect.LeaveRescue, Heard.Refused { Advice: Advice.EnterRescueAgain }) => true,
        // Whatever keeps a node from going by itself, the reset does not wait for it. Only where it may not be told, or is not wanted to go any more, nothing comes of it.
        (ServerEffect.DismissNode, Heard.Refused { Advice: Advice.BackOff }) => true,
        _ => false,
    };
}
