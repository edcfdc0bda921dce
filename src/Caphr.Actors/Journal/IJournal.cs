namespace Caphr.Actors.Journal;

/// <summary>
/// The memory of all persistent actors: for each of them a gapless, append-only sequence of events.
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

    /// <summary>The events of one actor from a sequence on, in order.</summary>
    Task<ReadOutcome> ReadAsync(string persistenceId, long fromSequence, CancellationToken cancellation);

    /// <summary>All events of all actors of a shard, by offset, and so each actor's in their order.</summary>
    Task<ReadOutcome> ReadShardAsync(int shard, CancellationToken cancellation);

    /// <summary>At most <paramref name="limit"/> events of all actors after an offset, by offset; 0 begins at the beginning.</summary>
    Task<ReadOutcome> ReadAllAsync(long afterOffset, int limit, CancellationToken cancellation);
}
