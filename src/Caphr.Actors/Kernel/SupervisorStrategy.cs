using Caphr.Actors.Journal;

namespace Caphr.Actors.Kernel;

/// <summary>What a supervisor does about a child that failed.</summary>
public enum Directive
{
    /// <summary>Go on with the next message; keep the state. A persistent actor is restarted instead.</summary>
    Resume,

    /// <summary>Go on with the next message on a new instance.</summary>
    Restart,

    /// <summary>End the child.</summary>
    Stop,

    /// <summary>Fail as the child did and let the own supervisor decide.</summary>
    Escalate,
}

/// <summary>
/// One for one: a failure concerns the child that failed and nobody else. The message that failed is recorded (<see cref="ActorFailed"/>) and not
/// handled again. A child that asks for more than <see cref="MaxRestarts"/> restarts within <see cref="Window"/> is stopped.
/// </summary>
public sealed record SupervisorStrategy
{
    public static SupervisorStrategy Default { get; } = new();

    public Func<Exception, Directive> Decider { get; init; } = DefaultDecider;

    public int MaxRestarts { get; init; } = 10;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before a restart, by the number of restarts already in the window.</summary>
    public Backoff Backoff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>An actor that cannot be built, or whose journal it cannot read, would fail again in the same way.</summary>
    public static Directive DefaultDecider(Exception cause) => cause is ActorInitializationException or UndecodableEventException ? Directive.Stop : Directive.Restart;
}

/// <summary>The restarts of one child, as far back as the strategy looks.</summary>
internal sealed class RestartHistory
{
    private Queue<long>? _restarts;

    /// <summary>Grants one more restart and the pause before it, or refuses because the window is full.</summary>
    public bool TryGrant(SupervisorStrategy strategy, TimeProvider clock, Random random, out TimeSpan delay)
    {
        var now = clock.GetTimestamp();
        _restarts ??= [];
        while (_restarts.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) > strategy.Window) _restarts.Dequeue();
        if (_restarts.Count >= strategy.MaxRestarts)
        {
            delay = TimeSpan.Zero;
            return false;
        }

        delay = strategy.Backoff.Delay(_restarts.Count, random);
        _restarts.Enqueue(now);
        return true;
    }
}
