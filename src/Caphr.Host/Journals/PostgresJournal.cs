using System.Threading.Channels;
using Caphr.Actors.Journal;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>
/// The journal in a PostgreSQL database, for any number of processes.
/// <para>One task writes. Whatever has queued up while the database was busy with one transaction shares the next one and its one round trip, so many
/// actors share a write to the disk and a lone one waits for nobody. Those of a group that have just been answered mostly have their next append ready
/// in a moment, which is given to them: without it two groups would take turns, each half as large as it could be.</para>
/// </summary>
public sealed class PostgresJournal : IJournal, IShardClaims, IAsyncDisposable
{
    /// <summary>More than this would make the first of a group wait for the last without making the disk any faster.</summary>
    private const int GroupLimit = 1000;

    /// <summary>A group of this size has made the write to the disk cheap for each; it waits for no more.</summary>
    private const int GroupWorthWaitingFor = 128;

    /// <summary>How often everybody who is ready to run may run first. That is no time at all when nobody is.</summary>
    private const int MomentYields = 8;

    private const string Closed = "The journal is closed.";

    private readonly PostgresDatabase _database;
    private readonly Channel<WaitingAppend> _queue = Channel.CreateUnbounded<WaitingAppend>();
    private readonly Task _writing;
    private volatile bool _isClosed;

    private PostgresJournal(PostgresDatabase database, string id)
    {
        _database = database;
        Id = id;
        RobotLedger = new PostgresRobotLedger(database);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The journal's own name: another journal has another one, wherever either is moved.</summary>
    public string Id { get; }

    /// <summary>Ends with the journal.</summary>
    internal IRobotLedger RobotLedger { get; }

    /// <summary>Connects, and brings the schema up to date. Several processes may do so at once, and all of them may then use the journal.</summary>
    /// <param name="connectionString">As Npgsql reads it. Its password appears in no message.</param>
    public static async Task<Outcome<PostgresJournal, JournalFailure>> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        if (!PostgresDatabase.At(connectionString).TryGet(out var database, out var unclear)) return unclear;
        var migrated = await MigrateAsync(database, cancellation);
        if (migrated.TryGet(out var id, out var failure)) return new PostgresJournal(database, id);
        await database.DisposeAsync();
        return failure;
    }

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(append.Entries.Count);
        cancellation.ThrowIfCancellationRequested();
        var waiting = new WaitingAppend(append);
        return _queue.Writer.TryWrite(waiting) ? waiting.Answer.Task.WaitAsync(cancellation) : Task.FromResult(AppendOutcome.Unavailable(Closed));
    }

    public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) =>
        UseAsync(PostgresLane.Reading, connection => PostgresWriter.SaveAsync(connection, snapshot, epoch, cancellation), SnapshotOutcome.Unavailable, cancellation);

    public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) =>
        ReadAsync(connection => PostgresReader.OfActorAsync(connection, persistenceId, cancellation), cancellation);

    public Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) =>
        ReadAsync(connection => PostgresReader.OfShardAsync(connection, shard, cancellation), cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) =>
        ReadAsync(connection => PostgresReader.AfterAsync(connection, afterOffset, limit, cancellation), cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        ReadAsync(connection => PostgresWriter.TrimAsync(connection, before, limit, cancellation), cancellation);

    public Task<ReadOutcome<IReadOnlyList<ShardClaim>>> ReadClaimsAsync(CancellationToken cancellation) =>
        ReadAsync(PostgresLane.Looking, connection => PostgresReader.ClaimsAsync(connection, cancellation), cancellation);

    public Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation) =>
        UseAsync(PostgresLane.Claiming, connection => PostgresWriter.ClaimAsync(connection, claim, cancellation), ClaimOutcome.Unavailable, cancellation);

    public Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation) =>
        UseAsync(PostgresLane.Claiming, connection => PostgresWriter.ReleaseAsync(connection, shard, epoch, cancellation), ClaimOutcome.Unavailable, cancellation);

    /// <summary>Ends after everything that was already queued is written, or has failed.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _queue.Writer.TryComplete();
        await _writing;
        await _database.DisposeAsync();
    }

    /// <returns>The journal's name.</returns>
    private static async Task<Outcome<string, JournalFailure>> MigrateAsync(PostgresDatabase database, CancellationToken cancellation)
    {
        try
        {
            return await database.UseAsync<Outcome<string, JournalFailure>>(
                PostgresLane.Claiming,
                async connection => (await PostgresSchema.MigrateAsync(connection, cancellation)).TryGet(out _, out var failure)
                    ? await PostgresSchema.IdentityAsync(connection, cancellation)
                    : failure,
                cancellation);
        }
        catch (Exception trouble) when (PostgresTrouble.Is(trouble))
        {
            return database.Trouble.Explain(trouble);
        }
    }

    private Task<ReadOutcome<T>> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellation)
        where T : notnull => ReadAsync(PostgresLane.Reading, read, cancellation);

    private Task<ReadOutcome<T>> ReadAsync<T>(PostgresLane lane, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellation)
        where T : notnull =>
        UseAsync(lane, async connection => ReadOutcome<T>.Of(await read(connection)), ReadOutcome<T>.Unavailable, cancellation);

    private async Task<T> UseAsync<T>(PostgresLane lane, Func<NpgsqlConnection, Task<T>> work, Func<string, T> unavailable, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_isClosed) return unavailable(Closed);
        try
        {
            return await _database.UseAsync(lane, work, cancellation);
        }
        catch (Exception trouble) when (PostgresTrouble.Is(trouble))
        {
            return unavailable(_database.Trouble.Describe(trouble));
        }
        catch (ObjectDisposedException) when (_isClosed)
        {
            return unavailable(Closed);
        }
    }

    private async Task WriteAsync()
    {
        var waiting = new List<WaitingAppend>();
        var expected = 0;
        while (waiting.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            TakeQueued(waiting);
            for (var yields = 0; waiting.Count < expected && yields < MomentYields; yields++)
            {
                await Task.Yield();
                TakeQueued(waiting);
            }

            // One of each actor at a time: of two, the second has to see what became of the first.
            var group = waiting.DistinctBy(one => one.Append.PersistenceId).ToList();
            waiting = [.. waiting.Except(group)];
            await WriteGroupAsync(group);
            expected = Math.Min(group.Count + waiting.Count + _queue.Reader.Count, GroupWorthWaitingFor);
        }
    }

    private void TakeQueued(List<WaitingAppend> waiting)
    {
        while (waiting.Count < GroupLimit && _queue.Reader.TryRead(out var next)) waiting.Add(next);
    }

    private async Task WriteGroupAsync(List<WaitingAppend> group)
    {
        try
        {
            var outcomes = await _database.WriteAsync(connection => PostgresWriter.AppendAsync(connection, [.. group.Select(one => one.Append)]));
            foreach (var (one, outcome) in group.Zip(outcomes)) one.Answer.SetResult(outcome);
        }
        catch (Exception trouble) when (PostgresTrouble.Is(trouble) && !(group.Count > 1 && PostgresTrouble.IsOfTheData(trouble)))
        {
            // Whether a failed commit took effect is not known here, and every append can be repeated.
            var why = _database.Trouble.Describe(trouble);
            foreach (var one in group) one.Answer.SetResult(AppendOutcome.Unavailable(why));
        }
#pragma warning disable CA1031 // What one of a group brings along that cannot be written must neither end the writing nor concern the others.
        catch (Exception refusal)
#pragma warning restore CA1031
        {
            if (group is [var alone]) alone.Answer.SetException(refusal);
            else foreach (var one in group) await WriteGroupAsync([one]);
        }
    }

    private sealed class WaitingAppend(JournalAppend append)
    {
        public JournalAppend Append { get; } = append;

        public TaskCompletionSource<AppendOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
