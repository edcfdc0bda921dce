using Caphr.Actors.Servers;

namespace Caphr.Actors.Allocation;

/// <summary>A server as the pool offers it.</summary>
/// <param name="Host">Its HetznerRobotHost.</param>
/// <param name="TakenBy">Who holds it: the claim in its spec, or one that the server itself still works for.</param>
public sealed record HostOffer(ServerNumber Number, ObjectName Host, IReadOnlyDictionary<string, string> Labels, ServerPhase Phase, string? TakenBy, bool Maintenance, bool Deleting)
{
    /// <summary>It has an address in the private network.</summary>
    public bool HasInternalIP { get; init; }

    /// <summary>Claims for which it may be wiped; null where that needs no permit.</summary>
    public IReadOnlySet<ClaimId>? ReleasedFor { get; init; }
}

/// <summary>A Machine without a server. <paramref name="HostRef"/> names one host; otherwise the selector chooses among those of the namespace.</summary>
public sealed record WaitingMachine(ClaimId Claim, ObjectName Machine, DateTimeOffset Since, string? HostRef, HostSelector? Selector)
{
    /// <summary>The cluster's nodes meet in a private network, so a server without an address there is of no use.</summary>
    public bool NeedsInternalIP { get; init; }
}

public abstract record Allotment(WaitingMachine For)
{
    public sealed record Granted(WaitingMachine For, HostOffer Host) : Allotment(For);

    public sealed record Nothing(WaitingMachine For, string Why) : Allotment(For);
}

/// <summary>
/// Which waiting Machine gets which server. Deterministic, so that two replicas that look at the same objects try the same claim,
/// and only one write of it can win. It decides nothing alone: a claim is the write of the host's spec, made against its version.
/// </summary>
public static class Allocator
{
    public static IReadOnlyList<Allotment> Assign(IEnumerable<WaitingMachine> waiting, IEnumerable<HostOffer> offers)
    {
        var pool = offers.OrderBy(offer => offer.Number).ToList();
        var given = new HashSet<ServerNumber>();
        List<Allotment> allotments = [];

        // Machines that name their host come first: nobody else's choice may take it from them while others would do.
        foreach (var machine in waiting.OrderBy(machine => machine.HostRef is null).ThenBy(machine => machine.Since).ThenBy(machine => machine.Machine.ToString(), StringComparer.Ordinal))
        {
            var asked = pool.Where(offer => offer.Host.Namespace == machine.Machine.Namespace && Asked(machine, offer)).ToList();
            if (asked.FirstOrDefault(offer => !given.Contains(offer.Number) && WhyNot(machine, offer) is null) is { } free)
            {
                given.Add(free.Number);
                allotments.Add(new Allotment.Granted(machine, free));
            }
            else
            {
                allotments.Add(new Allotment.Nothing(machine, Explain(machine, asked, given)));
            }
        }

        return allotments;
    }

    private static bool Asked(WaitingMachine machine, HostOffer offer) =>
        machine.HostRef is { } name ? offer.Host.Name == name : machine.Selector?.Matches(offer.Labels) ?? true;

    private static string? WhyNot(WaitingMachine machine, HostOffer offer) => offer switch
    {
        { Deleting: true } => "being deleted",
        { TakenBy: { } owner } => $"held by {owner}",
        { Maintenance: true } => "in maintenance",
        { HasInternalIP: false } when machine.NeedsInternalIP => "without spec.internalIP, which must hold its address in the cluster's VLAN",
        { ReleasedFor: { } released } when !released.Contains(machine.Claim) => $"without a valid HetznerRobotHostRelease for this Machine, whose UID is {machine.Claim}",
        { Phase: ServerPhase.Available } => null,
        { Phase: ServerPhase.Registered } => "not yet known to Robot",
        { Phase: var phase } => $"still {phase}",
    };

    private static string Explain(WaitingMachine machine, List<HostOffer> asked, HashSet<ServerNumber> given)
    {
        var sought = machine.HostRef is { } name ? $"HetznerRobotHost {name}" : machine.Selector is { } selector ? $"a HetznerRobotHost with {selector}" : "any HetznerRobotHost";
        if (asked.Count == 0) return $"There is no such host in namespace {machine.Machine.Namespace}: {sought}.";

        var reasons = asked
            .Select(offer => WhyNot(machine, offer) ?? (given.Contains(offer.Number) ? "just given to another Machine" : "free"))
            .GroupBy(reason => reason)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => asked.Count == 1 ? $"it is {group.Key}" : $"{group.Count()} {group.Key}");
        return $"No free server for {sought}: {string.Join(", ", reasons)}.";
    }
}
