using Caphr.Actors.Kernel;

namespace Caphr.Actors.Servers;

/// <summary>What is told to a server's actor.</summary>
public abstract record ServerMessage
{
    private ServerMessage() { }

    public sealed record Hear(ServerInput Input) : ServerMessage;

    /// <summary>The running step has something new to say.</summary>
    internal sealed record Note(NoteBoard Board) : ServerMessage;

    /// <summary>The state has changed: hold the newest wish against it. Carries no wish, because a newer one may have come meanwhile.</summary>
    public sealed record LookAgain : ServerMessage;

    /// <summary>The pause before this step's next try is over, or what it waited for is there.</summary>
    public sealed record TimeToStart(EffectKey Key) : ServerMessage;

    /// <summary>Told to the shard: this server's actor is no more.</summary>
    internal sealed record Stopped : ServerMessage;

    public sealed record Show(IActorRef<ServerSnapshot> ReplyTo) : ServerMessage;
}

/// <summary>A server as it stands, for whoever shows it. <paramref name="Note"/> is what its running step says.</summary>
public sealed record ServerSnapshot(ServerState State, EffectNote? Note);

/// <summary>Published when a server's actor has started or restarted: it knows what it did, and not yet what is wanted.</summary>
public sealed record ServerRecovered(ServerSnapshot Server);

/// <summary>Published when a server's actor was stopped because it failed again and again, or cannot read its journal. The kernel's events say why.</summary>
public sealed record ServerStopped(ServerNumber Number);

/// <summary>Published when a server's events have become durable, or its note has changed (then without events).</summary>
public sealed record ServerChanged(ServerSnapshot Server, IReadOnlyList<ServerEvent> Events);
