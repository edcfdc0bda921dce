using Caphr.Actors.Journal;

namespace Caphr.Actors.Sharding;

/// <summary>What one member knows about the life of the others, from its own clock and from nothing that they say about time.</summary>
public sealed class Sightings(TimeProvider clock, Member me)
{
    private readonly Dictionary<string, Sighting> _seen = [];

    /// <summary>Those who should share the shards: their leases are there and not run out.</summary>
    public IReadOnlyList<Member> Members { get; private set; } = [];

    /// <summary>Those whose shards may not be taken: there was a sign of life within the time of their lease.</summary>
    public IReadOnlySet<string> Alive { get; private set; } = new HashSet<string>();

    /// <summary>Leases that nobody renews any more, and that nobody has to wait for.</summary>
    public IReadOnlyList<string> RunOut { get; private set; } = [];

    /// <param name="asked">
    /// When the list was asked for. A lease that stands in it unchanged for its whole time had run out by then, whatever happened since.
    /// </param>
    public void Look(IReadOnlyList<MemberLease> leases, IReadOnlyList<ShardClaim> claims, long asked)
    {
        var now = clock.GetTimestamp();
        var owners = claims.Select(claim => claim.Owner).OfType<string>().ToHashSet();
        foreach (var lease in leases)
        {
            if (!_seen.TryGetValue(lease.Member.Name, out var last) || last.Mark != lease.Mark) _seen[lease.Member.Name] = new Sighting(lease.Member.Lease, lease.Mark, now);
        }

        // A lease that is not there says nothing about its holder, whose renewals may have been taken away by hand: it gets a whole lease of time from here.
        foreach (var owner in owners.Where(owner => leases.All(lease => lease.Member.Name != owner)))
        {
            if (!_seen.TryGetValue(owner, out var last) || last.Mark is not null) _seen[owner] = new Sighting(last?.Lease ?? me.Lease, Mark: null, now);
        }

        Alive = _seen.Where(one => IsAlive(one.Value, asked)).Select(one => one.Key).Append(me.Name).ToHashSet();
        Members = [.. leases.Select(lease => lease.Member).Where(member => Alive.Contains(member.Name))];
        RunOut = [.. leases.Select(lease => lease.Member.Name).Where(name => !Alive.Contains(name))];
        owners.UnionWith(leases.Select(lease => lease.Member.Name));
        foreach (var gone in _seen.Keys.Where(name => !owners.Contains(name)).ToList()) _seen.Remove(gone);
    }

    private bool IsAlive(Sighting last, long asked) => last.At > asked || clock.GetElapsedTime(last.At, asked) <= last.Lease;

    private sealed record Sighting(TimeSpan Lease, string? Mark, long At);
}
