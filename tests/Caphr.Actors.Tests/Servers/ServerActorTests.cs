using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Actors.Tests.Kernel;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Actors.Tests.Servers;

/// <summary>The shell on the virtual clock: what it starts, when, and what it keeps across a crash.</summary>
public sealed class ServerActorTests
{
    private readonly VirtualClock _clock = new(Life.Start);
    private readonly TroubledJournal _journal = new(new InMemoryJournal());
    private readonly Interpreter _interpreter = new();
    private TimeSpan _timersEarlyBy;
    private DeterministicDispatcher _dispatcher;
    private IActorRef<ServerMessage> _server = null!;
    private Warrant _warrant = null!;

    public ServerActorTests()
    {
        _dispatcher = new DeterministicDispatcher(_clock, new Random(1));
        Boot();
    }

    /// <summary>A process of its own: nothing is left of the one before but the journal.</summary>
    private void Boot()
    {
        _dispatcher = new DeterministicDispatcher(_clock, new Random(1));
        _dispatcher.Run(() =>
        {
            _warrant = new Warrant(shard: 0, epoch: 0, new Standing(_clock, _clock.GetTimestamp(), TimeSpan.MaxValue));
            var system = new ActorSystem("test", new HastyClock(_clock, () => _timersEarlyBy), new Random(1), _dispatcher);
            _server = system.ActorOf(Props.Create(() => new ServerActor(Life.Number, new Persistence<ServerEvent>(_journal, ServerEvents.Codec), _interpreter, _warrant)), "server");
        });
        _dispatcher.RunUntilIdle();
    }

    private void Tell(ServerInput input)
    {
        _dispatcher.Run(() => _server.Tell(new ServerMessage.Hear(input)));
        _dispatcher.RunUntilIdle();
    }

    private void Answer(Func<EffectKey, Heard> answer)
    {
        _dispatcher.Run(() => _interpreter.Answer(answer));
        _dispatcher.RunUntilIdle();
    }

    /// <summary>Wanted, known, and in the moment of its reset.</summary>
    private void BeginPress()
    {
        Tell(new WishObserved(Life.Wanted));
        Answer(key => new Heard.ServerFound(key, Life.Record));
        Answer(key => new Heard.RescueArmed(key));
        Assert.Equal("PressReset", Started.Last());
    }

    private IEnumerable<string> Started => _interpreter.Started.Select(effect => effect.GetType().Name);

    [Fact]
    public void Nothing_is_started_after_a_restart_before_Kubernetes_was_heard()
    {
        Tell(new WishObserved(Life.Idle));
        Assert.Equal(["LookUpServer"], Started);

        Boot();
        Assert.Equal(["LookUpServer"], Started);

        Tell(new WishObserved(Life.Idle));
        Assert.Equal(["LookUpServer", "LookUpServer"], Started);
    }

    [Fact]
    public void A_restart_into_a_pause_starts_nothing()
    {
        Tell(new WishObserved(Life.Idle));
        Boot();

        Tell(new WishObserved(Life.Idle with { Paused = true }));

        Assert.Equal(["LookUpServer"], Started);
    }

    [Fact]
    public void A_crash_while_the_reset_is_pressed_does_not_press_it_again()
    {
        BeginPress();

        Boot();
        Tell(new WishObserved(Life.Wanted));

        Assert.Equal("AwaitRescue", Started.Last());
        Assert.Single(Started, "PressReset");
    }

    /// <summary>As a timer of Linux may, which counts whole milliseconds from a coarse clock.</summary>
    [Fact]
    public void A_timer_that_fires_before_its_time_does_not_lose_the_deadline()
    {
        _timersEarlyBy = TimeSpan.FromMilliseconds(3);
        BeginPress();
        Answer(key => new Heard.ResetPressed(key));
        Assert.Equal("AwaitRescue", Started.Last());

        _dispatcher.RunFor(Limits.RescueTimeout + TimeSpan.FromSeconds(1));

        Assert.Equal("ArmRescue", Started.Last());
    }

    /// <summary>As in a crash loop, or an upgrade that begins again and again: each process finds that the time is up, and looks first.</summary>
    [Fact]
    public void What_does_not_come_is_called_late_however_often_we_are_restarted()
    {
        BeginPress();
        Answer(key => new Heard.ResetPressed(key));
        for (var process = 0; process < 5; process++)
        {
            _dispatcher.RunFor(TimeSpan.FromMinutes(3));
            Boot();
            Tell(new WishObserved(Life.Wanted));
            Assert.Equal(_clock.Elapsed < Limits.RescueTimeout ? "AwaitRescue" : "ArmRescue", LookedOnce());
        }

        string LookedOnce()
        {
            if (Started.Last() != "AwaitRescue") return Started.Last();
            _dispatcher.Run(() => _interpreter.Notes!.Report(new EffectNote(_interpreter.Started[^1].Key, "Nothing answers.") { Missed = true }));
            _dispatcher.RunFor(Limits.SecondLook);
            return Started.Last();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_server_that_is_handed_over_begins_nothing_more(int begun)
    {
        Func<EffectKey, Heard>[] answers = [key => new Heard.ServerFound(key, Life.Record), key => new Heard.RescueArmed(key)];
        Tell(new WishObserved(Life.Wanted));
        foreach (var answer in answers.Take(begun - 1)) Answer(answer);

        _dispatcher.Run(_warrant.Revoke);
        Answer(answers[begun - 1]);

        Assert.Equal(begun, _interpreter.Started.Count);
        Boot();
        Tell(new WishObserved(Life.Wanted));
        Assert.Equal("ArmRescue", Started.Last());
        Assert.Equal(begun + 1, _interpreter.Started.Count);
    }

    [Fact]
    public void A_node_that_has_shown_itself_after_a_restart_is_not_called_late_before_it_could_tell_how_it_is()
    {
        BeginPress();
        Answer(key => new Heard.ResetPressed(key));
        _dispatcher.RunFor(Limits.RescueTimeout - TimeSpan.FromSeconds(1));
        Boot();
        Tell(new WishObserved(Life.Wanted));

        _dispatcher.Run(() => _interpreter.Notes!.Report(new EffectNote(_interpreter.Started[^1].Key, "It answers.")));
        _dispatcher.RunFor(TimeSpan.FromMinutes(4));

        Assert.Equal("AwaitRescue", Started.Last());
    }

    [Fact]
    public void A_reset_that_was_prepared_when_a_pause_came_is_not_intended_before_its_end()
    {
        Tell(new WishObserved(Life.Wanted));
        Answer(key => new Heard.ServerFound(key, Life.Record));
        Tell(new WishObserved(Life.Wanted with { Paused = true }));
        Answer(key => new Heard.RescueArmed(key));

        Boot();
        Tell(new WishObserved(Life.Wanted));

        Assert.Equal(["LookUpServer", "ArmRescue", "ArmRescue"], Started);
    }

    [Fact]
    public void A_shard_that_is_handed_over_waits_until_it_is_written_down_what_came_of_a_reset()
    {
        BeginPress();
        Task? settled = null;
        _dispatcher.Run(() =>
        {
            _warrant.Revoke();
            settled = _warrant.WhenSettledAsync(TimeSpan.FromMinutes(5), _clock);
        });

        _journal.IsDown = true;
        Answer(key => new Heard.ResetPressed(key));
        Assert.False(settled!.IsCompleted);
        _journal.IsDown = false;
        _dispatcher.RunFor(TimeSpan.FromMinutes(2));
        Assert.True(settled.IsCompleted);

        Boot();
        Tell(new WishObserved(Life.Wanted));
        Assert.Equal("AwaitRescue", Started.Last());
        Assert.Single(Started, "PressReset");
    }

    [Fact]
    public void A_wish_that_came_too_early_is_granted_as_soon_as_it_can_be()
    {
        Tell(new WishObserved(Life.Wanted));
        Answer(key => new Heard.ServerFound(key, Life.Record));

        Assert.Equal(["LookUpServer", "ArmRescue"], Started);
    }

    [Fact]
    public async Task A_newer_wish_is_never_undone_by_an_older_one()
    {
        Tell(new WishObserved(Life.Idle));
        // Both wait in the mailbox together; what the first one changes must not bring it back after the second.
        _dispatcher.Run(() =>
        {
            _server.Tell(new ServerMessage.Hear(new WishObserved(Life.Idle with { Robot = null })));
            _server.Tell(new ServerMessage.Hear(new WishObserved(Life.Idle with { Paused = true })));
        });
        _dispatcher.RunUntilIdle();

        var read = await _journal.ReadAsync(ServerActor.IdOf(Life.Number), CancellationToken.None);
        Assert.Equal(["server.access-given", "server.access-given", "server.work-paused"], read.Value.Events.Select(record => record.Entry.Manifest));
    }

    [Fact]
    public async Task A_refusal_that_only_a_person_can_mend_is_tried_again_each_minute_and_told_once()
    {
        Tell(new WishObserved(Life.Idle));
        for (var i = 1; i <= 5; i++)
        {
            Answer(key => new Heard.Refused(key, "CredentialsRefused", "Robot refused the login.", Advice.WaitForPerson));
            Assert.Equal(i, _interpreter.Started.Count);
            _dispatcher.RunFor(Limits.PersonPace);
            Assert.Equal(i + 1, _interpreter.Started.Count);
        }

        var read = await _journal.ReadAsync(ServerActor.IdOf(Life.Number), CancellationToken.None);
        Assert.Single(read.Value.Events, record => record.Entry.Manifest == "server.step-refused");
    }

    [Fact]
    public void What_waits_can_be_woken_before_its_time()
    {
        Tell(new WishObserved(Life.Idle));
        Answer(key => new Heard.Refused(key, "CredentialsRefused", "Robot refused the login.", Advice.WaitForPerson));
        var key = new EffectKey(Life.Number, _interpreter.Started[^1].Key.Step + 1);

        _dispatcher.Run(() => _server.Tell(new ServerMessage.TimeToStart(key)));
        _dispatcher.RunUntilIdle();

        Assert.Equal(key, _interpreter.Started[^1].Key);
    }

    [Fact]
    public void What_waits_is_not_woken_before_Kubernetes_was_heard()
    {
        Tell(new WishObserved(Life.Idle));
        Answer(key => new Heard.Refused(key, "RobotSilent", "Robot is in maintenance.", Advice.WaitForPerson));
        var step = Show().State.Step;

        Boot();
        _dispatcher.Run(() => _server.Tell(new ServerMessage.TimeToStart(new EffectKey(Life.Number, step))));
        _dispatcher.RunUntilIdle();

        Assert.Equal(["LookUpServer"], Started);
    }

    [Fact]
    public void A_reset_that_waits_for_its_turn_is_told_of_a_pause_and_of_its_end()
    {
        BeginPress();
        Assert.True(_interpreter.IsWanted());

        Tell(new WishObserved(Life.Wanted with { Paused = true }));
        Assert.False(_interpreter.IsWanted());
        Tell(new WishObserved(Life.Wanted));
        Assert.True(_interpreter.IsWanted());

        Assert.Single(Started, "PressReset");
    }

    [Fact]
    public void A_reset_that_was_left_because_of_a_pause_is_prepared_anew_after_it()
    {
        BeginPress();
        Tell(new WishObserved(Life.Wanted with { Paused = true }));

        Answer(key => new Heard.Refused(key, "ResetNotWanted", "It was not pressed.", Advice.WaitForPerson, TimeSpan.FromSeconds(5)));
        _dispatcher.RunFor(TimeSpan.FromHours(1));
        Assert.Equal(["LookUpServer", "ArmRescue", "PressReset"], Started);

        Tell(new WishObserved(Life.Wanted));
        Assert.Equal(["LookUpServer", "ArmRescue", "PressReset", "ArmRescue"], Started);
    }

    [Fact]
    public void While_the_journal_does_not_answer_a_step_that_reports_leaves_room_for_what_is_wished()
    {
        Tell(new WishObserved(Life.Wanted));
        Answer(key => new Heard.ServerFound(key, Life.Record));
        var (key, notes) = (_interpreter.Started[^1].Key, _interpreter.Notes!);
        _journal.IsDown = true;
        Tell(new WishObserved(Life.Wanted with { Paused = true }));

        _dispatcher.Run(() =>
        {
            for (var i = 0; i < 2 * Props.DefaultMailboxCapacity; i++) notes.Report(new EffectNote(key, $"{i} bytes"));
        });
        Tell(new WishObserved(Life.Wanted));
        _journal.IsDown = false;
        _dispatcher.RunFor(TimeSpan.FromMinutes(5));

        var shown = Show();
        Assert.Null(shown.State.PausedSince);
        Assert.Equal($"{(2 * Props.DefaultMailboxCapacity) - 1} bytes", shown.Note?.Text);
        _dispatcher.Run(() => notes.Report(new EffectNote(key, "all bytes")));
        Assert.Equal("all bytes", Show().Note?.Text);
    }

    private ServerSnapshot Show()
    {
        Task<ServerSnapshot>? asked = null;
        _dispatcher.Run(() => asked = _server.Ask<ServerSnapshot>(replyTo => new ServerMessage.Show(replyTo), TimeSpan.FromSeconds(5)));
        Assert.True(_dispatcher.RunUntil(() => asked!.IsCompleted, TimeSpan.FromSeconds(5)));
        return asked!.Result;
    }

    /// <summary>Remembers what was started, and answers when the test says so.</summary>
    private sealed class Interpreter : IEffectInterpreter
    {
        private TaskCompletionSource<Heard>? _pending;

        public List<ServerEffect> Started { get; } = [];

        /// <summary>As the newest effect would ask it before it acts.</summary>
        public Func<bool> IsWanted { get; private set; } = () => true;

        public IProgress<EffectNote>? Notes { get; private set; }

        public Task<Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation)
        {
            Started.Add(effect);
            IsWanted = isWanted;
            Notes = notes;
            _pending = new TaskCompletionSource<Heard>();
            return _pending.Task.WaitAsync(cancellation);
        }

        public void Answer(Func<EffectKey, Heard> answer) => _pending!.SetResult(answer(Started[^1].Key));
    }

    private sealed class HastyClock(VirtualClock clock, Func<TimeSpan> early) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime > early() ? dueTime - early() : dueTime, period);
    }
}
