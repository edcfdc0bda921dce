namespace Caphr.Actors.Kernel;

/// <summary>One actor as a person who debugs wants to see it. A snapshot: neighbours may already have moved on.</summary>
/// <param name="State">What the actor calls its state.</param>
/// <param name="Activity">What the kernel is doing with it: running, recovering, persisting, waiting for a restart …</param>
public sealed record ActorNode(
    ActorPath Path,
    string ActorType,
    string State,
    string Activity,
    int MailboxDepth,
    int Restarts,
    string? LastFailure,
    IReadOnlyList<ActorNode> Children)
{
    public IEnumerable<ActorNode> SelfAndDescendants() => Children.SelectMany(child => child.SelfAndDescendants()).Prepend(this);
}
