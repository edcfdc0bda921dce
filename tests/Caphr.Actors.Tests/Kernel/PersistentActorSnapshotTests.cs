using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Kernel;

public class PersistentActorSnapshotTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static readonly EventCodec<Noted> s_events = new EventCodec<Noted>().Register<Noted>("noted");
    private static readonly EventCodec<Digest> s_states = new EventCodec<Digest>().Register<Digest>("diary.digest");

    private readonly Stage _stage = new();
    private readonly InMemoryJournal _journal = new();
    private readonly TroubledJournal _troubled;

    public PersistentActorSnapshotTests() => _troubled = new TroubledJournal(_journal);

    private sealed record Noted(int Number);

    /// <summary>Depends on every event and on their order.</summary>
    private sealed record Digest(int Count, long Sum)
    {
        public Digest With(Noted noted) => new(Count + 1, unchecked((Sum * 31) + noted.Number));
    }

    [Fact]
    public void Replay_from_a_snapshot_gives_what_replay_of_all_events_gives() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[][]>(),
        Gen.Choose(1, 6).ToArbitrary(),
        (batches, every) =>
        {
            var (kept, plain) = (new InMemoryJournal(), new InMemoryJournal());
            var live = Run(kept, every, batches);
            Run(new TroubledJournal(plain) { RefusesSnapshots = true }, every, batches);

            var fromSnapshot = Run(kept, every, []);
            var fromAll = Run(plain, every, []);
            var forgotten = kept.TrimAsync(DateTimeOffset.MaxValue, int.MaxValue, CancellationToken.None).Ended().Value;
            var afterTrim = Run(kept, every, []);

            var longest = batches.Select(batch => batch.Length).DefaultIfEmpty().Max();
            return live.State == fromAll.State && live.State == fromSnapshot.State && live.State == afterTrim.State
                && fromAll.Replayed == live.State.Count && fromSnapshot.Replayed <= every + longest
                && (live.State.Count <= every || (forgotten > 0 && fromSnapshot.Replayed < live.State.Count));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_snapshot_is_due_after_so_many_events_and_not_before()
    {
        var diary = Start(every: 3);
        Tell(diary, 1, 2);
        Assert.Null(History().Snapshot);

        Tell(diary, 3);
        Assert.Equal(3, History().Snapshot?.Sequence);

        Tell(diary, 4, 5);
        Assert.Equal((3, 2), (History().Snapshot?.Sequence, History().Events.Count));
    }

    [Fact]
    public void Messages_do_not_wait_for_a_snapshot_to_be_saved_and_only_one_is_on_its_way()
    {
        var gate = new TaskCompletionSource();
        _troubled.SnapshotGate = gate.Task;
        var diary = Start(every: 1);

        Tell(diary, 1, 2, 3);
        Assert.Equal(3, History().LastSequence);
        Assert.Equal(1, _troubled.Snapshots);

        _stage.Dispatcher.Run(gate.SetResult);
        _stage.Settle();
        Assert.Equal(1, History().Snapshot?.Sequence);
        Tell(diary, 4);
        Assert.Equal(4, History().Snapshot?.Sequence);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_saved_does_no_harm()
    {
        var notSaved = _stage.Published<SnapshotNotSaved>();
        var failed = _stage.Published<ActorFailed>();
        _troubled.RefusesSnapshots = true;
        var diary = Start(every: 2);

        Tell(diary, 1, 2, 3, 4);

        Assert.Equal(2, notSaved.Count);
        Assert.Empty(failed);
        Assert.Equal((null, 4), (History().Snapshot, History().Events.Count));
    }

    [Fact]
    public async Task An_actor_that_cannot_understand_its_snapshot_stops_rather_than_to_begin_without_a_memory()
    {
        var failed = _stage.Published<ActorFailed>();
        Tell(Start(every: 1), 1);
        var fromTheFuture = new JournalSnapshot("diary", 1, new JournalEntry("diary.tome", 1, "{}", _stage.Clock.GetUtcNow()));
        var other = new InMemoryJournal();
        await other.AppendAsync(new JournalAppend("diary", 0, 0, Guid.Empty, [s_events.Encode(new Noted(1), _stage.Clock.GetUtcNow())]), CancellationToken.None);
        await other.SaveSnapshotAsync(fromTheFuture, epoch: 0, CancellationToken.None);

        var stranger = _stage.Start(() => new Diary(new Persistence<Noted>(other, s_events), every: 1), "stranger");
        var unable = _stage.Start(() => new Diary(new Persistence<Noted>(_journal, s_events), every: null), "unable");
        _stage.Pass(s_minute);

        Assert.False(_stage.IsAlive(stranger));
        Assert.False(_stage.IsAlive(unable));
        Assert.Contains(failed, failure => failure.Cause.Message.Contains("diary.tome", StringComparison.Ordinal));
        Assert.Contains(failed, failure => failure.Cause.Message.Contains("snapshot", StringComparison.Ordinal));
    }

    private static (Digest State, int Replayed) Run(IJournal journal, int every, int[][] batches)
    {
        var stage = new Stage();
        Diary? diary = null;
        var reference = stage.Start(() => diary = new Diary(new Persistence<Noted>(journal, s_events), every), "diary");
        stage.Settle();
        var replayed = diary!.Applied;
        foreach (var batch in batches) reference.Tell(batch);
        stage.Settle();
        return (diary.State, replayed);
    }

    private IActorRef<int[]> Start(int every)
    {
        var diary = _stage.Start(() => new Diary(new Persistence<Noted>(_troubled, s_events), every), "diary");
        _stage.Settle();
        return diary;
    }

    private void Tell(IActorRef<int[]> diary, params int[] numbers)
    {
        foreach (var number in numbers) diary.Tell([number]);
        _stage.Settle();
    }

    private ActorHistory History() => _journal.ReadAsync("diary", CancellationToken.None).Ended().Value;

    private sealed class Diary : PersistentActor<int[], Noted>
    {
        public Diary(Persistence<Noted> persistence, int? every)
            : base(persistence) =>
            Snapshots = every is { } events ? new Snapshots(events, () => s_states.Encode(State, Context.Now), entry => State = s_states.Decode(entry)) : null;

        public Digest State { get; private set; } = new(0, 0);

        public int Applied { get; private set; }

        protected override string PersistenceId => "diary";

        protected override Snapshots? Snapshots { get; }

        protected override void Apply(Noted @event) => (State, Applied) = (State.With(@event), Applied + 1);

        protected override void Receive(int[] message) => Persist([.. message.Select(number => new Noted(number))], () => { });
    }
}
