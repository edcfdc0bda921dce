using System.Collections.Concurrent;
using Caphr.Actors.Journal;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>
/// The journal in one file, for one process. WAL and full synchronisation: an answered append has been written through to the disk.
/// <para>One thread writes. Whatever has queued up while the disk was busy with one transaction shares the next one, so many actors share a write to
/// the disk and a lone one waits for nobody. Those of a group that have just been answered mostly have their next append ready in a moment, which is
/// given to them: without it two groups would take turns, each half as large as it could be.</para>
/// </summary>
public sealed class SqliteJournal : IJournal, IShardClaims, IAsyncDisposable
{
    /// <summary>More than this would make the first of a group wait for the last without making the disk any faster.</summary>
    private const int GroupLimit = 512;

    /// <summary>A group of this size has made the write to the disk cheap for each; it waits for no more.</summary>
    private const int GroupWorthWaitingFor = 128;

    private const int MomentMilliseconds = 1;

    private const string Closed = "The journal is closed.";

    private readonly FileStream _lockFile;
    private readonly SqliteConnection _readerConnection;
    private readonly Lock _readerGate = new();
    private readonly SqliteReader _reader;
    private readonly SqliteConnection _writerConnection;
    private readonly SqliteWriter _writer;
    private readonly BlockingCollection<IWrite> _queue = [];
    private readonly Thread _writerThread;
    private readonly TaskCompletionSource _writerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the reader's gate.
    private bool _isClosed;

    private SqliteJournal(FileStream lockFile, SqliteConnection writer, SqliteConnection reader)
    {
        _lockFile = lockFile;
        _writerConnection = writer;
        _writer = new SqliteWriter(writer);
        _readerConnection = reader;
        _reader = new SqliteReader(reader);
        Id = SqliteSchema.Identity(reader);
        _writerThread = new Thread(Write) { IsBackground = true, Name = "journal" };
        _writerThread.Start();
    }

    /// <summary>The journal's own name: another journal has another one, wherever either is moved.</summary>
    public string Id { get; }

    /// <summary>Ends with the journal.</summary>
    internal IRobotLedger RobotLedger => new SqliteRobotLedger(this);

    /// <summary>Opens the journal, or makes it. It is this process's alone until it is disposed.</summary>
    public static Outcome<SqliteJournal, JournalFailure> Open(string path)
    {
        SqliteLibrary.EnsureBound();
        if (!SqliteFiles.TryLock(path).TryGet(out var lockFile, out var locked)) return locked;

        SqliteConnection? writer = null;
        SqliteConnection? reader = null;
        try
        {
            writer = SqliteFiles.Connect(path, SqliteOpenMode.ReadWriteCreate);
            if (!SqliteSchema.Migrate(writer, path).TryGet(out _, out var migration)) return Abandon(migration);
            reader = SqliteFiles.Connect(path, SqliteOpenMode.ReadWrite);
            return new SqliteJournal(lockFile, writer, reader);
        }
        catch (SqliteException refusal)
        {
            return Abandon(SqliteFiles.Explain(refusal, path));
        }

        JournalFailure Abandon(JournalFailure failure)
        {
            reader?.Dispose();
            writer?.Dispose();
            lockFile.Dispose();
            return failure;
        }
    }

    public Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(append.Entries.Count);
        return Enqueue(writer => writer.Append(append), AppendOutcome.Unavailable, cancellation);
    }

    public Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation) =>
        Enqueue(writer => writer.Save(snapshot, epoch), SnapshotOutcome.Unavailable, cancellation);

    public Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation) =>
        Read(reader => reader.OfActor(persistenceId), cancellation);

    public Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation) =>
        Read(reader => reader.OfShard(shard), cancellation);

    public Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation) =>
        Read(reader => reader.After(afterOffset, limit), cancellation);

    public Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        Enqueue(writer => ReadOutcome<int>.Of(writer.Trim(before, limit)), ReadOutcome<int>.Unavailable, cancellation);

    public Task<ReadOutcome<IReadOnlyList<ShardClaim>>> ReadClaimsAsync(CancellationToken cancellation) => Read(reader => reader.Claims(), cancellation);

    public Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation) => Enqueue(writer => writer.Claim(claim), ClaimOutcome.Unavailable, cancellation);

    public Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation) =>
        Enqueue(writer => writer.Release(shard, epoch), ClaimOutcome.Unavailable, cancellation);

    /// <summary>For what is kept beside the journal: in the transaction of a group, which is no one else's meanwhile.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteTransaction, T> write, Func<string, T> unavailable, CancellationToken cancellation) =>
        Enqueue(writer => write(writer.Transaction!), unavailable, cancellation);

    /// <summary>Ends after everything that was already queued is written.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_readerGate)
        {
            if (_isClosed) return;
            _isClosed = true;
        }

        _queue.CompleteAdding();
        await _writerEnded.Task;
        lock (_readerGate)
        {
            _reader.Dispose();
            _readerConnection.Dispose();
        }

        _writer.Dispose();
        await _writerConnection.DisposeAsync();
        _queue.Dispose();
        await _lockFile.DisposeAsync();
    }

    private Task<T> Enqueue<T>(Func<SqliteWriter, T> write, Func<string, T> unavailable, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var queued = new QueuedWrite<T>(write, unavailable);
        try
        {
            _queue.Add(queued, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromResult(unavailable(Closed));
        }

        return queued.Answer.WaitAsync(cancellation);
    }

    private Task<ReadOutcome<T>> Read<T>(Func<SqliteReader, T> read, CancellationToken cancellation)
        where T : notnull =>
        Read(reader => ReadOutcome<T>.Of(read(reader)), ReadOutcome<T>.Unavailable, cancellation);

    // On the pool, because SQLite blocks the thread that asks it.
    private Task<T> Read<T>(Func<SqliteReader, T> read, Func<string, T> unavailable, CancellationToken cancellation) => Task.Run(
        () =>
        {
            lock (_readerGate)
            {
                if (_isClosed) return unavailable(Closed);
                try
                {
                    return read(_reader);
                }
                catch (SqliteException trouble)
                {
                    return unavailable(SqliteFiles.Describe(trouble));
                }
            }
        },
        cancellation);

    private void Write()
    {
        var group = new List<IWrite>();
        var expected = 0;
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < GroupLimit && _queue.TryTake(out var next, group.Count < expected ? MomentMilliseconds : 0)) group.Add(next);
            WriteGroup(group);
            expected = Math.Min(group.Count + _queue.Count, GroupWorthWaitingFor);
            group.Clear();
        }

        _writerEnded.SetResult();
    }

    private void WriteGroup(List<IWrite> group)
    {
        try
        {
            using var transaction = _writer.Begin();
            foreach (var write in group) write.Perform(_writer);
            transaction.Commit();
        }
        catch (SqliteException trouble)
        {
            // Nobody of this group learns more than that: whether a failed commit took effect is not known here, and every append can be repeated.
            _writer.Forget();
            var why = SqliteFiles.Describe(trouble);
            foreach (var write in group) write.Fail(why);
            return;
        }

        foreach (var write in group) write.Succeed();
    }

    private interface IWrite
    {
        void Perform(SqliteWriter writer);

        /// <summary>Only after the commit is the outcome of the write true.</summary>
        void Succeed();

        void Fail(string why);
    }

    private sealed class QueuedWrite<T>(Func<SqliteWriter, T> write, Func<string, T> unavailable) : IWrite
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _outcome;

        public Task<T> Answer => _answer.Task;

        public void Perform(SqliteWriter writer) => _outcome = write(writer);

        public void Succeed() => _answer.SetResult(_outcome!);

        public void Fail(string why) => _answer.SetResult(unavailable(why));
    }
}
