using Caphr.Actors.Sharding;

namespace Caphr.Actors.Servers;

/// <summary>
/// Carries out effects on the world. An interpreter observes first and acts at most once, because every effect may be started a second
/// time after a crash; it always ends in one answer, and <em>unknown</em> is one. Cancellation means that nobody waits any more.
/// </summary>
public interface IEffectInterpreter
{
    /// <param name="warrant">To be asked once more right before what cannot be taken back. Without it nothing is done, and the answer says so.</param>
    /// <param name="isWanted">To be asked with the warrant, right before a reset is pressed, a disk is written or a node is told to go: Kubernetes may want something else by now.</param>
    /// <param name="notes">What a person may read meanwhile. Lost on a crash, and never part of a decision.</param>
    Task<ServerInput.Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation);
}

/// <summary>How a running step stands, in words, and how far it is if that can be told.</summary>
public sealed record EffectNote(EffectKey Key, string Text, double? Fraction = null)
{
    /// <summary>What the step waits for was looked for just now, and is not there.</summary>
    public bool Missed { get; init; }
}
