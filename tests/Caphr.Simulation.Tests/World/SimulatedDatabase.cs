using Caphr.Actors.Journal;
using Caphr.Host.Journals;
using Caphr.Host.Robot;

namespace Caphr.Simulation.Tests.World;

/// <summary>
/// The database that all replicas share: what each may keep is decided by the in-memory journal, which passes the conformance suite of the real ones.
/// It can be away, and it can lose an answer after it has written.
/// </summary>
internal sealed class SimulatedDatabase : IAsyncDisposable
{
    private readonly Dictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _written = new(StringComparer.Ordinal);

    public InMemoryJournal Journal { get; } = new();

    public MemoryRobotLedger Ledger { get; } = new();

    /// <summary>Hears once of every append that was written, whether or not its writer was told.</summary>
    public event Action<JournalAppend>? Appended;

    /// <summary>How far each actor was told that its events are safe.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => _acknowledged;

    /// <param name="isExclusive">One replica alone has it, as with a file.</param>
    public JournalStore Open(Wire wire, bool isExclusive)
    {
        var connection = new Connection(this, wire);
        return new JournalStore(connection, connection, connection, "simulated", isExclusive, "memory", this);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Connection(SimulatedDatabase database, Wire wire) : IJournal, IShardClaims, IRobotLedger
    {
        private const string Away = "The simulated database does not answer.";

        public async Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
        {
            var outcome = await CallAsync(() => WriteAsync(append), AppendOutcome.Unavailable(Away), cancellation);
            if (outcome.Result == AppendResult.Appended) database._acknowledged[append.PersistenceId] = append.ExpectedSequence + append.Entries.Count;
            return outcome;
        }

        public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.SaveSnapshotAsync(snapshot, epoch, default), SnapshotOutcome.Unavailable(Away), cancellation);

        public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ReadAsync(persistenceId, default), ReadOutcome<ActorHistory>.Unavailable(Away), cancellation);

        public Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ReadShardAsync(shard, default), ReadOutcome<IReadOnlyList<ActorHistory>>.Unavailable(Away), cancellation);

        public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ReadAllAsync(afterOffset, limit, default), ReadOutcome<IReadOnlyList<JournalRecord>>.Unavailable(Away), cancellation);

        public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.TrimAsync(before, limit, default), ReadOutcome<int>.Unavailable(Away), cancellation);

        public Task<ReadOutcome<IReadOnlyList<ShardClaim>>> ReadClaimsAsync(CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ReadClaimsAsync(default), ReadOutcome<IReadOnlyList<ShardClaim>>.Unavailable(Away), cancellation);

        public Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ClaimAsync(claim, default), ClaimOutcome.Unavailable(Away), cancellation);

        public Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation) =>
            CallAsync(() => database.Journal.ReleaseAsync(shard, epoch, default), ClaimOutcome.Unavailable(Away), cancellation);

        public Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation) =>
            CallAsync(() => database.Ledger.TakeAsync(take, default), new LedgerAnswer.Unavailable(Away), cancellation);

        public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation) =>
            CallAsync(() => database.Ledger.EnterAsync(attempt, default), new LoginAnswer.Unavailable(Away), cancellation);

        public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation) =>
            CallAsync<string?>(() => database.Ledger.SettleAsync(account, print, verdict, until, default), Away, cancellation);

        public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation) =>
            CallAsync<string?>(() => database.Ledger.PauseAsync(account, quota, until, default), Away, cancellation);

        private async Task<AppendOutcome> WriteAsync(JournalAppend append)
        {
            var outcome = await database.Journal.AppendAsync(append, default);
            var last = append.ExpectedSequence + append.Entries.Count;
            // Who was not told asks again, and what is there already is not written a second time.
            if (outcome.Result != AppendResult.Appended || database._written.GetValueOrDefault(append.PersistenceId) >= last) return outcome;
            database._written[append.PersistenceId] = last;
            database.Appended?.Invoke(append);
            return outcome;
        }

        private Task<T> CallAsync<T>(Func<Task<T>> serve, T away, CancellationToken cancellation) =>
            wire.CallAsync(Link.Database, serve, () => Task.FromResult(away), () => Task.FromResult(away), cancellation);
    }
}
