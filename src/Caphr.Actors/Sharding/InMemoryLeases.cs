using System.Globalization;

namespace Caphr.Actors.Sharding;

/// <summary>Leases for simulations and tests, shared by the members of one process.</summary>
public sealed class InMemoryLeases : IMemberLeases
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MemberLease> _leases = new(StringComparer.Ordinal);
    private long _renewals;

    public Task<LeaseOutcome> RenewAsync(Member member, CancellationToken cancellation)
    {
        lock (_gate) _leases[member.Name] = new MemberLease(member, (++_renewals).ToString(CultureInfo.InvariantCulture));
        return Task.FromResult(new LeaseOutcome());
    }

    public Task<LeasesOutcome> ListAsync(CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(new LeasesOutcome([.. _leases.Values]));
    }

    public Task<LeaseOutcome> RemoveAsync(string name, CancellationToken cancellation)
    {
        lock (_gate) _leases.Remove(name);
        return Task.FromResult(new LeaseOutcome());
    }
}
