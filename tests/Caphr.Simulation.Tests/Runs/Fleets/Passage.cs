using Caphr.Lab.World;

namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>One server from apply to Provisioned. All times are since apply.</summary>
/// <param name="Pressed">Its first reset.</param>
/// <param name="Provisioned">When the API server showed its machine so.</param>
/// <param name="Hardware">What its hardware was at work for: to boot the rescue system, to write the image, to boot from the disk. That a node is ready is not waited for.</param>
internal sealed record Passage(TimeSpan Pressed, TimeSpan Provisioned, TimeSpan Hardware)
{
    private static readonly (Fact Begins, Fact Ends)[] s_work =
        [(Fact.ResetPressed, Fact.RescueBooted), (Fact.DiskWriteStarted, Fact.DiskWritten), (Fact.RebootedInBand, Fact.DiskBooted)];

    public static Passage From(IReadOnlyList<LedgerEntry> ofServer, TimeSpan provisioned) =>
        new(ofServer.First(entry => entry.Fact == Fact.ResetPressed).World, provisioned, s_work.Aggregate(TimeSpan.Zero, (sum, work) => sum + Took(ofServer, work.Begins, work.Ends)));

    /// <summary>What was begun and came to nothing is no hardware time: nobody had to wait for that.</summary>
    private static TimeSpan Took(IReadOnlyList<LedgerEntry> entries, Fact begins, Fact ends)
    {
        var (sum, since) = (TimeSpan.Zero, (TimeSpan?)null);
        foreach (var entry in entries)
        {
            if (entry.Fact == begins) since = entry.World;
            if (entry.Fact != ends || since is not { } began) continue;
            sum += entry.World - began;
            since = null;
        }

        return sum;
    }
}
