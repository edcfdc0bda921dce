using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;

namespace Caphr.Benchmarks.Allocation;

/// <summary>The choice of servers for all who wait, against giving each the first that fits: what one would write who lets nobody move for another.</summary>
internal static class AllocationContests
{
    private const int Count = 3000;
    private const int Domains = 20;
    private const int Groups = 30;

    public static async Task RunAsync(Report report)
    {
        List<HostOffer> pool = [.. Enumerable.Range(1, Count).Select(Offer)];
        List<WaitingMachine> alike = [.. Enumerable.Range(0, Count).Select(i => Machine(i, cpus: 4))];
        List<WaitingMachine> different = [.. Enumerable.Range(0, Count).Select(i => Machine(i, cpus: 1 + (i % 39)) with { HostRef = i % 2 == 0 ? $"node{i + 1}" : null })];

        await report.CompareAsync("choice for 3,000 Machines of 30 groups, against the first that fits", Count, () => Choose(alike, pool), () => TakeFirst(alike, pool));
        await report.CompareAsync("choice for 3,000 Machines that all differ, against the first that fits", Count, () => Choose(different, pool), () => TakeFirst(different, pool));
    }

    private static Task Choose(List<WaitingMachine> machines, List<HostOffer> pool)
    {
        Allocator.Assign(machines, pool);
        return Task.CompletedTask;
    }

    private static Task TakeFirst(List<WaitingMachine> machines, List<HostOffer> pool)
    {
        var left = pool.ToList();
        foreach (var machine in machines)
        {
            var first = left.FindIndex(offer => Allocator.Suits(machine, offer));
            if (first >= 0) left.RemoveAt(first);
        }

        return Task.CompletedTask;
    }

    private static HostOffer Offer(int number) => new(
        new ServerNumber(number), new ObjectName("metal", $"node{number}"), new Dictionary<string, string> { ["role"] = "worker" }, ServerPhase.Available, TakenBy: null, Maintenance: false, Deleting: false)
    {
        FailureDomain = $"FSN1-DC{number % Domains}",
        Hardware = new HostHardware { Cpus = 8 + (number % 32), MemoryMiB = 64_000, Disks = [new HostDisk(DiskKind.Nvme, 512_000_000_000, Passed: true, PercentageUsed: number % 70)] },
    };

    private static WaitingMachine Machine(int number, int cpus) => new(
        new ClaimId($"uid-{number}"), new ObjectName("metal", $"w-{number}"), DateTimeOffset.UnixEpoch.AddSeconds(number), HostRef: null, new HostSelector(new Dictionary<string, string> { ["role"] = "worker" }, []))
    {
        Hardware = new HardwareDemand { Cpus = new Bounds(cpus, null), MemoryGiB = new Bounds(32, null) },
        Group = $"deployment {number % Groups}",
    };
}
