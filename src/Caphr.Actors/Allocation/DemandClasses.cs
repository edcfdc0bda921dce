using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>Machines that ask for the same, together: what serves one serves all of them, so it is looked for once.</summary>
internal sealed class DemandClasses
{
    private readonly IReadOnlyList<HostOffer> _pool;
    private readonly ServerSet _open;
    private readonly Dictionary<(string Namespace, string? HostRef, string? Selector), ServerSet> _asked = [];

    public DemandClasses(IReadOnlyList<WaitingMachine> queue, IReadOnlyList<HostOffer> pool)
    {
        _pool = pool;
        _open = Where(pool, static offer => offer is { TakenBy: null, Deleting: false, Maintenance: false, Phase: ServerPhase.Available });
        HashSet<ClaimId> permitted = [.. pool.SelectMany(offer => offer.ReleasedFor ?? (IEnumerable<ClaimId>)[])];
        var numbers = new Dictionary<Demand, int>();
        List<int> classes = new(queue.Count);
        List<WaitingMachine> examples = [];
        List<ServerSet> fits = [];
        foreach (var machine in queue)
        {
            var selector = machine.HostRef is null ? machine.Selector?.ToString() : null;
            var demand = new Demand(
                machine.Machine.Namespace,
                machine.HostRef,
                selector,
                machine.Hardware?.ToString(),
                machine.ImageArchitecture,
                machine.InstallDisk,
                machine.RequiredDomain,
                machine.NeedsInternalIP,
                permitted.Contains(machine.Claim) ? machine.Claim : null);
            if (!numbers.TryGetValue(demand, out var number))
            {
                numbers[demand] = number = examples.Count;
                examples.Add(machine);
                fits.Add(Fitting(machine, selector));
            }

            classes.Add(number);
        }

        Of = classes;
        Examples = examples;
        Fits = fits;
    }

    /// <summary>The class of each Machine of the queue.</summary>
    public IReadOnlyList<int> Of { get; }

    /// <summary>One Machine of each class.</summary>
    public IReadOnlyList<WaitingMachine> Examples { get; }

    /// <summary>The servers that would do for each class, now.</summary>
    public IReadOnlyList<ServerSet> Fits { get; }

    private ServerSet Fitting(WaitingMachine machine, string? selector)
    {
        var key = (machine.Machine.Namespace, machine.HostRef, selector);
        if (!_asked.TryGetValue(key, out var asked)) _asked[key] = asked = Where(_pool, machine.Asks);
        var fitting = new ServerSet(_pool.Count);
        for (var server = asked.Next(0, _open, null); server >= 0; server = asked.Next(server + 1, _open, null))
        {
            if (Fit.Now(machine, _pool[server]) == Misfit.None) fitting.Add(server);
        }

        return fitting;
    }

    private static ServerSet Where(IReadOnlyList<HostOffer> pool, Func<HostOffer, bool> holds)
    {
        var set = new ServerSet(pool.Count);
        for (var server = 0; server < pool.Count; server++)
        {
            if (holds(pool[server])) set.Add(server);
        }

        return set;
    }

    private readonly record struct Demand(
        string Namespace, string? HostRef, string? Selector, string? Hardware, string? ImageArchitecture, string? InstallDisk, string? RequiredDomain, bool NeedsInternalIP, ClaimId? Permitted);
}
