using System.Diagnostics;

namespace Caphr.Actors.Kernel;

/// <summary>What the kernel tells a cell. Always handled before the next message of a user.</summary>
internal abstract record SystemMessage
{
    private SystemMessage() { }

    public sealed record Start : SystemMessage;

    public sealed record Stop : SystemMessage;

    public sealed record Resume : SystemMessage;

    public sealed record Restart(Exception Cause, TimeSpan Delay) : SystemMessage;

    /// <summary>The backoff before a restart is over.</summary>
    public sealed record RestartDue(Exception Cause) : SystemMessage;

    public sealed record ChildFailed(ActorCell Child, Exception Cause, Type? MessageType) : SystemMessage;

    public sealed record ChildTerminated(ActorCell Child) : SystemMessage;

    public sealed record Watch(IWatcher Watcher) : SystemMessage;

    public sealed record Unwatch(IWatcher Watcher) : SystemMessage;

    public sealed record WatchedTerminated(ActorCell Watched) : SystemMessage;

    /// <summary>What came of work that an instance has started; no other instance hears of it.</summary>
    public abstract record Result(Incarnation Incarnation) : SystemMessage;

    /// <summary>What an actor was held for has an answer.</summary>
    public sealed record Continue(Incarnation Incarnation, Action Then, Activity? Cause) : Result(Incarnation);

    /// <summary>Piped work of an actor failed and nobody said what message that is.</summary>
    public sealed record PipeFailed(Incarnation Incarnation, Exception Cause) : Result(Incarnation);
}

/// <summary>One who is told when an actor has terminated.</summary>
internal interface IWatcher
{
    void OnTerminated(ActorCell watched);
}
