namespace Caphr.Actors.Sharding;

/// <param name="Me">This process among the replicas.</param>
/// <param name="OwnsJournal">No other process can have this journal open, so whoever else stands in its claims is gone.</param>
public sealed record ShardRegionOptions(Member Me, bool OwnsJournal)
{
    /// <summary>Completed when this process can do its work. Before that it takes no part, and leaves the servers to those who can.</summary>
    public Task Ready { get; init; } = Task.CompletedTask;

    /// <summary>How often the claims are read: a shard that was handed over waits no longer than this for its next owner.</summary>
    public TimeSpan Pace { get; init; } = Me.Lease / 30;

    /// <summary>How often the lease is renewed and the others' are looked at, while nothing changes.</summary>
    public TimeSpan RenewEvery => Me.Lease / 6;

    /// <summary>How long a shard that is handed over waits for the end of what cannot be taken back. Who leaves has taken its lease away by then, so not for as long as that would last.</summary>
    public TimeSpan Settle { get; init; } = Me.Lease / 2;

    /// <summary>How long it then waits for work that was told to end.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long this member trusts its own lease. The rest of the lease is for stopping before somebody else begins.</summary>
    public TimeSpan Trust => Me.Lease * 2 / 3;
}

/// <summary>A shard's actors are there, under this process's claim. Published before any of them is told anything.</summary>
/// <param name="Warrant">The right to act for it, which may end before anybody hears that it has: a process that stood still goes on with the next of its messages.</param>
public sealed record ShardOpened(Warrant Warrant)
{
    public int Shard => Warrant.Shard;
}

/// <summary>This process does not work the shard any more.</summary>
public sealed record ShardClosed(int Shard);

/// <summary>Whether this process works, and if not, why. Published when it changes.</summary>
/// <param name="WhyNot">One sentence for a person; null while it works.</param>
public sealed record ReplicaStanding(string? WhyNot);
