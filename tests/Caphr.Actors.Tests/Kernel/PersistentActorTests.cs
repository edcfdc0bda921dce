using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Kernel;

public class PersistentActorTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static readonly EventCodec<Deposited> s_codec = new EventCodec<Deposited>().Register<Deposited>("deposited");

    private readonly Stage _stage = new();
    private readonly InMemoryJournal _journal = new();
    private readonly TroubledJournal _troubled;
    private readonly List<string> _heard = [];

    public PersistentActorTests() => _troubled = new TroubledJournal(_journal);

    private sealed record Deposited(int Amount);

    [Fact]
    public void Events_are_in_the_journal_and_applied_before_what_follows_from_them_is_done()
    {
        var account = Start();
        _stage.Settle();

        account.Tell("deposit 5");
        _stage.Settle();

        Assert.Equal(["recovered 0", "deposited 5 balance 5 stored 1"], _heard);
    }

    [Fact]
    public void Messages_keep_their_order_across_an_append_that_takes_its_time()
    {
        var gate = new TaskCompletionSource();
        _troubled.Gate = gate.Task;
        var account = Start();
        foreach (var message in new[] { "deposit 1", "note a", "deposit 2", "note b" }) account.Tell(message);

        _stage.Settle();
        Assert.Equal(["recovered 0"], _heard);
        Assert.Equal("Persisting", _stage.Look(account).Activity);
        Assert.Equal(3, _stage.Look(account).MailboxDepth);

        _stage.Dispatcher.Run(gate.SetResult);
        _stage.Settle();
        Assert.Equal(["recovered 0", "deposited 1 balance 1 stored 1", "note a at 1", "deposited 2 balance 3 stored 2", "note b at 3"], _heard);
    }

    [Fact]
    public void Replay_gives_the_state_that_life_gave() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[][]>(),
        deposits =>
        {
            var journal = new InMemoryJournal();
            var live = Live(journal, deposits);
            return live == Live(journal, []) && live == $"balance {deposits.Sum(batch => batch.Sum(amount => amount % 1000))}";
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_that_poisons_the_actor_is_not_handled_again_after_the_replay()
    {
        var failed = _stage.Published<ActorFailed>();
        var account = Start();
        foreach (var message in new[] { "deposit 1", "poison", "note a" }) account.Tell(message);

        _stage.Pass(s_minute);

        Assert.Equal(["recovered 0", "deposited 1 balance 1 stored 1", "recovered 1", "note a at 1"], _heard);
        Assert.Equal("poison", Assert.Single(failed).Cause.Message);
    }

    [Fact]
    public void What_was_appended_before_a_failure_is_remembered_after_it()
    {
        var account = Start();
        account.Tell("deposit-then-fail 7");
        account.Tell("note a");

        _stage.Pass(s_minute);

        Assert.Equal(["recovered 0", "recovered 7", "note a at 7"], _heard);
        Assert.Equal(1, Stored());
    }

    [Fact]
    public void A_supervisor_that_would_resume_restarts_a_persistent_actor_instead()
    {
        var stage = new Stage(guardianStrategy: new SupervisorStrategy { Decider = _ => Directive.Resume });
        var account = stage.Start(() => new Account(_heard, new Persistence<Deposited>(_journal, s_codec), Stored), "account");
        account.Tell("deposit-then-fail 7");

        stage.Pass(s_minute);

        Assert.Equal(1, stage.Look(account).Restarts);
        Assert.Equal(["recovered 0", "recovered 7"], _heard);
    }

    [Fact]
    public void An_actor_whose_journal_is_down_waits_and_loses_nothing()
    {
        var stalled = _stage.Published<JournalStalled>();
        var resumed = _stage.Published<JournalResumed>();
        var failed = _stage.Published<ActorFailed>();
        var account = Start();
        _stage.Settle();
        _troubled.IsDown = true;
        foreach (var message in new[] { "deposit 1", "note a", "deposit 2" }) account.Tell(message);

        _stage.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(["recovered 0"], _heard);
        Assert.Equal("The journal is down.", Assert.Single(stalled).Detail);
        Assert.Empty(resumed);
        Assert.InRange(_troubled.Appends, 100, 200);

        _troubled.IsDown = false;
        _stage.Pass(s_minute);
        Assert.Equal(["recovered 0", "deposited 1 balance 1 stored 1", "note a at 1", "deposited 2 balance 3 stored 2"], _heard);
        Assert.Single(resumed);
        Assert.Empty(failed);
    }

    [Fact]
    public void An_actor_that_cannot_read_its_journal_waits_with_its_messages()
    {
        _troubled.IsDown = true;
        var account = Start();
        account.Tell("note a");
        _stage.Pass(s_minute);
        Assert.Empty(_heard);
        Assert.Equal("Recovering", _stage.Look(account).Activity);

        _troubled.IsDown = false;
        _stage.Pass(s_minute);
        Assert.Equal(["recovered 0", "note a at 0"], _heard);
    }

    [Fact]
    public void An_append_whose_answer_was_lost_is_neither_lost_nor_done_twice()
    {
        var failed = _stage.Published<ActorFailed>();
        _troubled.AnswersToLose = 2;
        var account = Start();
        account.Tell("deposit 5");

        _stage.Pass(s_minute);

        Assert.Equal(3, _troubled.Appends);
        Assert.Equal(["recovered 0", "deposited 5 balance 5 stored 1"], _heard);
        Assert.Equal(1, Stored());
        Assert.Empty(failed);
    }

    [Fact]
    public void When_somebody_else_has_appended_the_actor_recovers_and_handles_the_message_on_the_true_state()
    {
        var failed = _stage.Published<ActorFailed>();
        var account = Start();
        _stage.Settle();
        SomebodyElseDeposits(100);

        account.Tell("deposit 5");
        account.Tell("note a");
        _stage.Pass(s_minute);

        Assert.Equal(["recovered 0", "recovered 100", "deposited 5 balance 105 stored 2", "note a at 105"], _heard);
        Assert.IsType<JournalConflictException>(Assert.Single(failed).Cause);
    }

    [Fact]
    public void An_actor_that_meets_conflict_after_conflict_is_stopped_in_the_end()
    {
        var lost = _stage.Published<DeadLetter>();
        _troubled.BeforeAppend = () => SomebodyElseDeposits(1);
        var account = Start();
        account.Tell("deposit 5");

        _stage.Pass(TimeSpan.FromHours(1));

        Assert.False(_stage.IsAlive(account));
        Assert.Equal("deposit 5", Assert.Single(lost).Message);
        Assert.DoesNotContain(_heard, line => line.StartsWith("deposited", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fenced_actor_stops_and_does_nothing_of_what_it_meant_to_do()
    {
        var fenced = _stage.Published<ActorFenced>();
        var failed = _stage.Published<ActorFailed>();
        var lost = _stage.Published<DeadLetter>();
        var account = Start();
        _stage.Settle();
        Assert.True(_journal.ClaimAsync(new ShardClaim(Shards.Of("account"), Epoch: 1, "another"), CancellationToken.None).IsCompleted);

        account.Tell("deposit 5");
        _stage.Pass(s_minute);

        Assert.False(_stage.IsAlive(account));
        Assert.Equal(["recovered 0"], _heard);
        Assert.Equal("account", Assert.Single(fenced).PersistenceId);
        Assert.Equal("deposit 5", Assert.Single(lost).Message);
        Assert.Empty(failed);
        Assert.Equal(0, Stored());
    }

    [Fact]
    public void An_actor_stopped_while_it_persists_does_nothing_of_what_follows()
    {
        var gate = new TaskCompletionSource();
        _troubled.Gate = gate.Task;
        var account = Start();
        account.Tell("deposit 5");
        _stage.Settle();

        _stage.System.Stop(account);
        _stage.Settle();
        _stage.Dispatcher.Run(gate.SetResult);
        _stage.Pass(s_minute);

        Assert.False(_stage.IsAlive(account));
        Assert.Equal(["recovered 0"], _heard);
    }

    [Fact]
    public void A_journal_with_an_event_that_cannot_be_understood_stops_the_actor_at_once()
    {
        var failed = _stage.Published<ActorFailed>();
        Append(new JournalEntry("from-the-future", 1, "{}", _stage.Clock.GetUtcNow()));

        var account = Start();
        _stage.Pass(s_minute);

        Assert.Contains("from-the-future", Assert.Single(failed).Cause.Message, StringComparison.Ordinal);
        Assert.False(_stage.IsAlive(account));
        Assert.Empty(_heard);
    }

    [Fact]
    public void Persisting_nothing_goes_on_at_once_and_persisting_twice_at_once_is_a_bug()
    {
        var failed = _stage.Published<ActorFailed>();
        var account = Start();
        account.Tell("deposit-nothing");
        _stage.Settle();
        Assert.Equal(["recovered 0", "nothing to store"], _heard);
        Assert.Equal(0, _troubled.Appends);

        account.Tell("deposit-twice 1");
        _stage.Settle();
        Assert.IsType<InvalidOperationException>(Assert.Single(failed).Cause);
    }

    [Fact]
    public void What_follows_from_one_append_may_append_again_before_the_next_message()
    {
        var account = Start();
        account.Tell("deposit-and-bonus 10");
        account.Tell("note a");

        _stage.Settle();

        Assert.Equal(["recovered 0", "bonus after 10 balance 11", "note a at 11"], _heard);
    }

    private static string Live(InMemoryJournal journal, int[][] deposits)
    {
        var stage = new Stage();
        var heard = new List<string>();
        var account = stage.Start(() => new Account(heard, new Persistence<Deposited>(journal, s_codec), () => 0), "account");
        foreach (var batch in deposits) account.Tell($"deposit {string.Join(' ', batch.Select(amount => amount % 1000))}".TrimEnd());
        account.Tell("balance");
        stage.Settle();
        return heard[^1];
    }

    private IActorRef<string> Start() => _stage.Start(() => new Account(_heard, new Persistence<Deposited>(_troubled, s_codec), Stored), "account");

    private int Stored() => _journal.ReadAllAsync(0, 1000, CancellationToken.None).Ended().Value.Count;

    private void SomebodyElseDeposits(int amount) => Append(s_codec.Encode(new Deposited(amount), _stage.Clock.GetUtcNow()));

    private void Append(JournalEntry entry)
    {
        var append = new JournalAppend("account", Stored(), Epoch: 0, new Guid(Stored(), 1, 1, new byte[8]), [entry]);
        Assert.Equal(AppendResult.Appended, _journal.AppendAsync(append, CancellationToken.None).Ended().Result);
    }

    private sealed class Account(List<string> heard, Persistence<Deposited> persistence, Func<int> stored) : PersistentActor<string, Deposited>(persistence)
    {
        private int _balance;

        protected override string PersistenceId => "account";

        protected override void Apply(Deposited @event) => _balance = unchecked(_balance + @event.Amount);

        protected override void RecoveryCompleted() => heard.Add($"recovered {_balance}");

        protected override void Receive(string message)
        {
            var words = message.Split(' ');
            var events = words[1..].Where(word => int.TryParse(word, out _)).Select(word => new Deposited(int.Parse(word, System.Globalization.CultureInfo.InvariantCulture))).ToArray();
            switch (words[0])
            {
                case "deposit":
                    Persist(events, () => heard.Add($"deposited {string.Join(' ', words[1..])} balance {_balance} stored {stored()}"));
                    break;
                case "deposit-then-fail":
                    Persist(events, () => throw new InvalidOperationException("failed after the append"));
                    break;
                case "deposit-nothing":
                    Persist([], () => heard.Add("nothing to store"));
                    break;
                case "deposit-twice":
                    Persist(events, () => { });
                    Persist(events, () => { });
                    break;
                case "deposit-and-bonus":
                    Persist(events, () =>
                    {
                        var before = _balance;
                        Persist(new Deposited(1), () => heard.Add($"bonus after {before} balance {_balance}"));
                    });
                    break;
                case "balance":
                    heard.Add($"balance {_balance}");
                    break;
                case "note":
                    heard.Add($"{message} at {_balance}");
                    break;
                default:
                    throw new InvalidOperationException(message);
            }
        }
    }
}
