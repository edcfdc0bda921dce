using System.Diagnostics;
using Caphr.Actors.Journal;

namespace Caphr.Actors.Kernel;

/// <summary>
/// An actor whose state is what its events made of it. It recovers by replay before its first message, at every start and restart. Events are
/// durable before anything that follows from them is done; while they are being written, messages wait. What the journal does meanwhile:
/// <list type="bullet">
/// <item>cannot be reached: the actor waits and tries again, for as long as it takes, and loses nothing;</item>
/// <item>somebody else has appended: the actor restarts and recovers, and handles the message anew, of which nothing was written;</item>
/// <item>the shard's claim is no longer in force: the actor stops.</item>
/// </list>
/// </summary>
public abstract class PersistentActor<TMessage, TEvent>(Persistence<TEvent> persistence) : Actor<TMessage>
    where TEvent : notnull
{
    private bool _isRecovering = true;
    private long _snapshotSequence;
    private Task _saving = Task.CompletedTask;

    /// <summary>The name of this actor's events in the journal; stays the same for ever.</summary>
    protected abstract string PersistenceId { get; }

    /// <summary>How the actor's state is kept now and then, so that its recovery stays short; null when its events are few.</summary>
    protected virtual Snapshots? Snapshots => null;

    /// <summary>The sequence of the last event applied.</summary>
    protected long LastSequence { get; private set; }

    /// <summary>Its memory would be behind its journal if it failed between an append and the end of what follows from it.</summary>
    internal override bool MayResume => false;

    /// <summary>Changes the state, and nothing else: called for each event, in order, at replay just as right after it was appended.</summary>
    protected abstract void Apply(TEvent @event);

    /// <summary>The state is complete and no message was handled yet: the place to start timers and to take up again what was under way.</summary>
    protected virtual void RecoveryCompleted() { }

    /// <summary>
    /// Appends the events as one, then applies them, then runs <paramref name="then"/>; the next message comes after that. Once per message and at
    /// its end, because code after it runs before the append is done; <paramref name="then"/> may persist again. No events: <paramref name="then"/> runs at once.
    /// </summary>
    protected void Persist(IReadOnlyList<TEvent> events, Action then)
    {
        if (_isRecovering) throw new InvalidOperationException($"{Self.Path} may not persist while it recovers.");
        if (events.Count == 0)
        {
            then();
            return;
        }

        var now = Context.Now;
        var writeId = new byte[16];
        Context.System.Random.NextBytes(writeId);
        var append = new JournalAppend(PersistenceId, LastSequence, persistence.Epoch, new Guid(writeId), [.. events.Select(one => persistence.Codec.Encode(one, now))]);
        Cell.Hold(
            "Persisting",
            cancellation => UntilAvailable(token => persistence.Journal.AppendAsync(append, token), WhyUnavailable, cancellation),
            outcome => OnAnswer(outcome, events, then));
    }

    protected void Persist(TEvent @event, Action then) => Persist([@event], then);

    internal override void Started() => Cell.Hold(
        "Recovering",
        cancellation => UntilAvailable(token => persistence.Journal.ReadAsync(PersistenceId, token), read => read.WhyUnavailable, cancellation),
        Recover);

    private void Recover(ReadOutcome<ActorHistory> read)
    {
        if (read.Value.Snapshot is { } snapshot)
        {
            if (Snapshots is not { } snapshots) throw new InvalidDataException($"The journal has a snapshot of {PersistenceId}, which this release cannot read.");
            snapshots.Restore(snapshot.Entry);
            LastSequence = _snapshotSequence = snapshot.Sequence;
        }

        foreach (var record in read.Value.Events)
        {
            if (record.Sequence != LastSequence + 1) throw new InvalidDataException($"The journal lacks event {LastSequence + 1} of {PersistenceId}.");
            Apply(persistence.Codec.Decode(record.Entry));
            LastSequence = record.Sequence;
        }

        _isRecovering = false;
        RecoveryCompleted();
    }

    private void OnAnswer(AppendOutcome outcome, IReadOnlyList<TEvent> events, Action then)
    {
        switch (outcome.Result)
        {
            case AppendResult.Appended:
                Cell.CommitCurrent();
                foreach (var one in events)
                {
                    Apply(one);
                    LastSequence++;
                }

                SaveSnapshotWhenDue();
                then();
                break;
            case AppendResult.Conflict:
                Cell.PutBackCurrent();
                throw new JournalConflictException(outcome.Detail);
            case AppendResult.Fenced:
                Cell.PutBackCurrent();
                Context.System.EventStream.Publish(new ActorFenced(Self.Path, PersistenceId, outcome.Detail));
                Context.StopSelf();
                break;
            case AppendResult.Unavailable:
                throw new UnreachableException("An unavailable journal is tried again before its answer gets here.");
        }
    }

    // Nobody waits for it: a snapshot that was not saved makes a later recovery longer, and nothing else.
    private void SaveSnapshotWhenDue()
    {
        if (Snapshots is not { } snapshots || LastSequence - _snapshotSequence < snapshots.EveryEvents || !_saving.IsCompleted) return;
        _snapshotSequence = LastSequence;
        _saving = SaveAsync(new JournalSnapshot(PersistenceId, LastSequence, snapshots.Take()), Context.System.EventStream, Self.Path);
    }

    private async Task SaveAsync(JournalSnapshot snapshot, EventStream stream, ActorPath path)
    {
        var outcome = await persistence.Journal.SaveSnapshotAsync(snapshot, persistence.Epoch, CancellationToken.None);
        if (outcome.Result is not SnapshotResult.Saved) stream.Publish(new SnapshotNotSaved(path, snapshot.PersistenceId, outcome.Detail));
    }

    private static string? WhyUnavailable(AppendOutcome outcome) => outcome.Result is AppendResult.Unavailable ? outcome.Detail : null;

    private Task<T> UntilAvailable<T>(Func<CancellationToken, Task<T>> ask, Func<T, string?> whyUnavailable, CancellationToken cancellation) =>
        JournalPatience.UntilAvailable(Context.System, Self.Path, PersistenceId, persistence.Retry, ask, whyUnavailable, cancellation);
}
