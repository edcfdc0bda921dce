namespace Caphr.Actors.Sharding;

/// <summary>
/// Where members of the fleet of replicas show each other that they live. A store of leases promises that a lease which was renewed is seen as
/// renewed by every list that is asked for afterwards; it promises nothing about clocks. Every call ends by itself within seconds.
/// </summary>
public interface IMemberLeases
{
    /// <summary>Makes the lease, or renews it: its mark is another one afterwards.</summary>
    Task<LeaseOutcome> RenewAsync(Member member, CancellationToken cancellation);

    /// <summary>All leases there are, those of the dead included.</summary>
    Task<LeasesOutcome> ListAsync(CancellationToken cancellation);

    /// <summary>Takes a lease away: its holder leaves, or has long been dead. Not an error when there is none.</summary>
    Task<LeaseOutcome> RemoveAsync(string name, CancellationToken cancellation);
}

/// <summary>One process that works shards. A process that is started anew is another member.</summary>
/// <param name="Journal">Which journal it works with. Members with different journals know nothing of each other's deeds.</param>
/// <param name="Lease">For how long after a sign of life the others must take it for alive.</param>
public sealed record Member(string Name, string Journal, TimeSpan Lease);

/// <param name="Mark">Another one after each renewal. Only compared for equality: times written by other machines mean nothing here.</param>
public sealed record MemberLease(Member Member, string Mark);

/// <param name="WhyNot">One sentence for a person; null after a success.</param>
public sealed record LeaseOutcome(string? WhyNot = null);

public sealed record LeasesOutcome(IReadOnlyList<MemberLease> Leases, string? WhyNot = null);
