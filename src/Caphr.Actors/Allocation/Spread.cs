namespace Caphr.Actors.Allocation;

/// <summary>In which failure domains a Machine is better placed: the one it prefers, then those where fewest of its group stand.</summary>
internal sealed class Spread
{
    private readonly Dictionary<string, ServerSet> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<Placement, int> _members = [];
    private readonly ServerSet _everywhere;

    public Spread(IReadOnlyList<HostOffer> pool, IEnumerable<Placement> placed)
    {
        _everywhere = new ServerSet(pool.Count);
        for (var server = 0; server < pool.Count; server++)
        {
            _everywhere.Add(server);
            var domain = pool[server].FailureDomain ?? "";
            if (!_domains.TryGetValue(domain, out var there)) _domains[domain] = there = new ServerSet(pool.Count);
            there.Add(server);
        }

        foreach (var placement in placed) Count(placement);
    }

    /// <summary>Sets of servers, the better placed ones first; within one set the place does not matter.</summary>
    public IEnumerable<ServerSet> Levels(WaitingMachine machine)
    {
        if (machine is { Group: null, PreferredDomain: null }) return [_everywhere];
        return _domains
            .GroupBy(domain => (Elsewhere: domain.Key != machine.PreferredDomain, Members: machine.Group is { } group ? _members.GetValueOrDefault(new Placement(group, domain.Key)) : 0))
            .OrderBy(level => level.Key)
            .Select(level => Union([.. level.Select(domain => domain.Value)]));
    }

    public void Place(WaitingMachine machine, HostOffer offer)
    {
        if (machine.Group is { } group) Count(new Placement(group, offer.FailureDomain ?? ""));
    }

    private void Count(Placement placement) => _members[placement] = _members.GetValueOrDefault(placement) + 1;

    private ServerSet Union(IReadOnlyList<ServerSet> sets)
    {
        if (sets is [var only]) return only;
        var union = new ServerSet(_everywhere.Size);
        foreach (var set in sets) union.UnionWith(set);
        return union;
    }
}
