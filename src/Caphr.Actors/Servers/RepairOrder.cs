namespace Caphr.Actors.Servers;

/// <summary>Why a node is to be started anew.</summary>
public enum RepairCause
{
    /// <summary>A MachineHealthCheck found it unhealthy: in the end its owner is asked to replace it.</summary>
    HealthCheck,

    /// <summary>A person wishes it. Whatever comes of it, the server stays theirs.</summary>
    Person,
}

/// <summary>One wish to have a node reset: by whom, how often, and how long it may take to come back each time.</summary>
/// <param name="Id">Of the wish. The same one is carried out once.</param>
public sealed record RepairOrder(string Id, RepairCause Cause, int Resets, TimeSpan Patience)
{
    /// <summary>Never less than hardware needs: a reset within a boot only begins the boot anew.</summary>
    public TimeSpan Wait => Patience > Limits.LeastBoot ? Patience : Limits.LeastBoot;
}

/// <summary>Whether etcd keeps its quorum without this node, to be asked of the other control planes.</summary>
/// <param name="Peers">The addresses of those that have one.</param>
/// <param name="Others">How many there are besides this one. None: there is nothing to lose.</param>
public sealed record QuorumQuestion(ObjectName TalosSecrets, IReadOnlyList<string> Peers, int Others)
{
    // Lists compare by reference in records; questions are equal when they ask the same.
    public bool Equals(QuorumQuestion? other) => other is not null && (TalosSecrets, Others) == (other.TalosSecrets, other.Others) && Peers.SequenceEqual(other.Peers);

    public override int GetHashCode() => HashCode.Combine(TalosSecrets, Peers.Count);
}
