using System.Diagnostics;

namespace Caphr.Actors.Kernel;

/// <summary>
/// Where a command came from and what became of it, for whoever listens to the source. Handling a message is an activity within that of its sender;
/// so are piped work, an append, and what follows from it. What a timer delivers begins a trace of its own, with a link to whoever set the timer.
/// Activities carry types and paths, and never what is in a message. Nobody listens: nothing is made and nothing kept.
/// </summary>
public static class Traces
{
    private const string ActorTag = "caphr.actor";

    public static ActivitySource Source { get; } = new("Caphr");

    /// <summary>What a message that is sent from here comes from.</summary>
    internal static Activity? Here => Source.HasListeners() ? Activity.Current : null;

    /// <summary>Runs the action as the first step of a new trace, whatever is under way around it: something has happened outside.</summary>
    public static void Begin(string name, Action action)
    {
        var outer = Here;
        if (outer is not null) Activity.Current = null;
        using (Source.StartActivity(name, ActivityKind.Consumer)) action();
        if (outer is not null) Activity.Current = outer;
    }

    /// <summary>An activity of an actor, within what is under way here.</summary>
    internal static Activity? Start(string name, ActorPath actor) => Source.StartActivity(name)?.AddTag(ActorTag, actor.Value);

    /// <summary>An activity of an actor, within one that may have ended.</summary>
    internal static Activity? Start(string name, ActorPath actor, Activity? cause) =>
        Source.StartActivity(name, ActivityKind.Internal, cause?.Context ?? default)?.AddTag(ActorTag, actor.Value);

    internal static Activity? StartHandling<TMessage>(in Envelope<TMessage> envelope, ActorPath actor) => Source.HasListeners() ? Handling(envelope, actor) : null;

    private static Activity? Handling<TMessage>(in Envelope<TMessage> envelope, ActorPath actor)
    {
        var name = (envelope.Message?.GetType() ?? typeof(TMessage)).Name;
        if (envelope is not { Cause.Context: var cause, Ticket.OutlivesItsCause: true }) return Start(name, actor, envelope.Cause);
        return Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: [new ActivityLink(cause)])?.AddTag(ActorTag, actor.Value);
    }
}
