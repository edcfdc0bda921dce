using System.Globalization;

namespace Caphr.Lab.World;

/// <summary>What physically happened to a server. Written by the world alone, so that a test can hold a controller's story against it.</summary>
public enum Fact
{
    RescueOrdered,
    RescueCancelled,
    ResetPressed,
    RebootedInBand,
    RescueBooted,
    DiskBooted,
    NothingToBoot,
    DiskWriteStarted,
    DiskWritten,
    DiskWriteFailed,
    DiskWiped,
    ConfigurationApplied,
    TalosReady,
    TalosReset,
    PowerLost,
    PowerReturned,
    HardwareReplaced,
    FaultBegan,
    FaultEnded,
}

/// <param name="At">What the datacenter's clocks showed.</param>
/// <param name="World">Hardware time since the world began.</param>
public sealed record LedgerEntry(DateTimeOffset At, TimeSpan World, int Server, Fact Fact, string Detail);

/// <summary>Append-only and safe to read at any moment.</summary>
public sealed class Ledger(LabTime time)
{
    private readonly Lock _gate = new();
    private readonly List<LedgerEntry> _entries = [];

    /// <summary>Raised after the entry was made, and before what it tells of goes on.</summary>
    public event Action<LedgerEntry>? Written;

    public void Write(int server, Fact fact, string detail = "")
    {
        var entry = new LedgerEntry(time.Now, time.Elapsed, server, fact, detail);
        lock (_gate) _entries.Add(entry);
        Written?.Invoke(entry);
    }

    public IReadOnlyList<LedgerEntry> All()
    {
        lock (_gate) return [.. _entries];
    }

    /// <summary>One line for each entry, in hardware time: what two runs are compared by.</summary>
    public IEnumerable<string> Trace() => All().Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.World:c} {entry.Server} {Words.Of(entry.Fact)} {entry.Detail}").TrimEnd());

    public int Count(int server, Fact fact)
    {
        lock (_gate) return _entries.Count(entry => entry.Server == server && entry.Fact == fact);
    }
}
