namespace Caphr.Actors.Servers;

/// <summary>What follows from an input: first these events become durable, then this effect may start.</summary>
/// <param name="Events">In order. Empty: nothing new was learned.</param>
/// <param name="Effect">The step to start now, or null if the running one goes on or there is none.</param>
public sealed record Decision(IReadOnlyList<ServerEvent> Events, ServerEffect? Effect);
