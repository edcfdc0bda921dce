namespace Caphr.Actors.Journal;

/// <summary>
/// The memory of all persistent actors: for each of them a gapless, append-only sequence of events, and its latest snapshot.
/// <para><b>Atomicity.</b> An append is written whole or not at all, and no reader sees a part of it.</para>
/// <para><b>Order.</b> An append succeeds only at the sequence its actor expects; of two that expect the same one, exactly one succeeds.
/// Repeating an append that had already succeeded, under the same <see cref="JournalAppend.WriteId"/>, is answered with success and writes nothing,
/// so that an answer lost on the way does no harm.</para>
/// <para><b>Ownership.</b> An append counts only under exactly the epoch that its shard is in; see <see cref="IShardClaims"/>.</para>
/// <para><b>Durability.</b> What was answered with <see cref="AppendResult.Appended"/> survives the crash of the process and of the machine, and is
/// seen by every read that begins afterwards.</para>
/// <para><b>Failure.</b> Trouble of the storage is an outcome. Exceptions are left for bugs of the caller (an append without entries) and cancellation.
/// A cancelled append may have been written.</para>
/// <para>All members may be called from any thread. An actor has at most one append under way, which bounds what waits in a journal.</para>
/// </summary>
public interface IJournal
{
    Task<AppendOutcome> AppendAsync(JournalAppend append, CancellationToken cancellation);

    /// <summary>
    /// Keeps a snapshot in place of the actor's snapshot before it. A later one that is there already stays, and that is a success too: a
    /// snapshot says nothing that the events do not say.
    /// </summary>
    Task<SnapshotOutcome> SaveSnapshotAsync(JournalSnapshot snapshot, long epoch, CancellationToken cancellation);

    /// <summary>The history of one actor, which is an empty one when nothing was ever appended.</summary>
    Task<ReadOutcome<ActorHistory>> ReadAsync(string persistenceId, CancellationToken cancellation);

    /// <summary>The histories of all actors of a shard that have one, in the order of their names.</summary>
    Task<ReadOutcome<IReadOnlyList<ActorHistory>>> ReadShardAsync(int shard, CancellationToken cancellation);

    /// <summary>
    /// At most <paramref name="limit"/> events of all actors after an offset, by offset; 0 begins at the beginning. Who goes on from the last offset
    /// seen misses nothing: no event is ever committed below an offset that could already be read.
    /// </summary>
    Task<ReadOutcome<IReadOnlyList<JournalRecord>>> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation);

    /// <summary>
    /// Forgets at most <paramref name="limit"/> events, the earliest first, and says how many. Only events that are in a snapshot and older than
    /// <paramref name="before"/> are forgotten, and never an actor's last one, so no recovery and no sequence depends on them. An append whose
    /// events were forgotten is no longer recognised when it is repeated; a day is far beyond that.
    /// </summary>
    Task<ReadOutcome<int>> TrimAsync(DateTimeOffset before, int limit, CancellationToken cancellation);
}
