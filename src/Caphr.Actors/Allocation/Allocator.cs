using System.Diagnostics;

namespace Caphr.Actors.Allocation;

/// <summary>
/// Which waiting Machine gets which server. Deterministic, so that two replicas that look at the same objects try the same claim,
/// and only one write of it can win. It decides nothing alone: a claim is the write of the host's spec, made against its version.
/// <list type="number">
/// <item>The queue: Machines that name their host, for nobody else's choice may take that one from them; then those that wait longest.</item>
/// <item>Who is served: in the order of the queue, each that can be served together with all who are served before it. So a Machine that can use few
/// servers gets one of them whenever those before it can do with others, and nobody is passed over for somebody behind.</item>
/// <item>With what: in the order of the queue, each the best server that leaves enough for all the others who are served. Best is where the Machine
/// prefers to stand, then where fewest of its group stand, then what is least worn, then the lowest number.</item>
/// </list>
/// </summary>
public static class Allocator
{
    public static IReadOnlyList<Allotment> Assign(IEnumerable<WaitingMachine> waiting, IEnumerable<HostOffer> offers, IEnumerable<Placement>? placed = null)
    {
        List<WaitingMachine> queue =
            [.. waiting.OrderBy(machine => machine.HostRef is null).ThenBy(machine => machine.Since).ThenBy(machine => machine.Machine.ToString(), StringComparer.Ordinal)];
        if (queue.Count == 0) return [];

        List<HostOffer> pool = [.. offers.OrderBy(offer => Wear.Of(offer.Hardware)).ThenBy(offer => offer.Number)];
        var classes = new DemandClasses(queue, pool);
        var seating = new Seating(classes.Fits, pool.Count);
        bool[] served = [.. classes.Of.Select(seating.TryAdmit)];

        var spread = new Spread(pool, placed ?? []);
        var explanations = new Explanation?[classes.Examples.Count];
        var allotments = new Allotment[queue.Count];
        for (var i = 0; i < queue.Count; i++)
        {
            var machineClass = classes.Of[i];
            allotments[i] = served[i]
                ? new Allotment.Granted(queue[i], Choose(queue[i], machineClass))
                : new Allotment.Nothing(queue[i], (explanations[machineClass] ??= new Explanation(classes.Examples[machineClass], pool)).For(queue[i]));
        }

        return allotments;

        HostOffer Choose(WaitingMachine machine, int machineClass)
        {
            var fits = classes.Fits[machineClass];
            foreach (var level in spread.Levels(machine))
            {
                for (var server = fits.Next(0, level, seating.Settled); server >= 0; server = fits.Next(server + 1, level, seating.Settled))
                {
                    if (!seating.TrySettle(machineClass, server)) continue;
                    spread.Place(machine, pool[server]);
                    return pool[server];
                }
            }

            throw new UnreachableException($"Machine {machine.Machine} was let in, and there is no server for it.");
        }
    }

    /// <summary>Whether a server would ever do for this Machine, whoever has it now; false also while that is not known.</summary>
    public static bool Suits(WaitingMachine machine, HostOffer offer) => machine.Asks(offer) && Fit.Ever(machine, offer) == Misfit.None;
}
