namespace Caphr.Actors.Kernel;

/// <summary>Nobody answered in time. The question may or may not have been handled.</summary>
public sealed class AskTimeoutException(ActorPath asked, TimeSpan timeout) : TimeoutException($"{asked} did not answer within {timeout}.");

/// <summary>The constructor or the first hook of an actor failed: there is nothing to resume.</summary>
public sealed class ActorInitializationException(ActorPath actor, Exception cause) : Exception($"{actor} could not be started.", cause);

/// <summary>An actor put aside more messages than its mailbox may hold.</summary>
public sealed class StashOverflowException(ActorPath actor, int capacity) : Exception($"{actor} has stashed {capacity} messages and may not stash more.");
