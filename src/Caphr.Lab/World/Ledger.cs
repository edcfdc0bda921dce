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
    DiskWiped,
    ConfigurationApplied,
    TalosReady,
    TalosReset,
}

public sealed record LedgerEntry(DateTimeOffset At, int Server, Fact Fact, string Detail);

/// <summary>Append-only and safe to read at any moment.</summary>
public sealed class Ledger(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<LedgerEntry> _entries = [];

    public event Action<LedgerEntry>? Written;

    public void Write(int server, Fact fact, string detail = "")
    {
        var entry = new LedgerEntry(clock.GetUtcNow(), server, fact, detail);
        lock (_gate) _entries.Add(entry);
        Written?.Invoke(entry);
    }

    public IReadOnlyList<LedgerEntry> All()
    {
        lock (_gate) return [.. _entries];
    }

    public int Count(int server, Fact fact)
    {
        lock (_gate) return _entries.Count(entry => entry.Server == server && entry.Fact == fact);
    }
}
