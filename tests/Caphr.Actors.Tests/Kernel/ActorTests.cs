using System.Runtime.CompilerServices;
using Caphr.Actors.Kernel;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Actors.Tests.Kernel;

public class ActorTests
{
    private readonly Stage _stage = new();

    [Fact]
    public void Messages_of_one_sender_are_handled_in_their_order()
    {
        var heard = new List<int>();
        var actor = _stage.Start(() => new Scripted<int>((_, message) => heard.Add(message)));

        for (var i = 0; i < 100; i++) actor.Tell(i);
        _stage.Settle();

        Assert.Equal(Enumerable.Range(0, 100), heard);
    }

    [Fact]
    public void One_message_more_than_the_mailbox_holds_becomes_a_dead_letter()
    {
        var heard = new List<int>();
        var lost = _stage.Published<DeadLetter>();
        var actor = _stage.Start(() => new Scripted<int>((_, message) => heard.Add(message)), capacity: 3);
        _stage.Settle();

        for (var i = 1; i <= 4; i++) actor.Tell(i);
        _stage.Settle();

        Assert.Equal([1, 2, 3], heard);
        Assert.Equal(new DeadLetter(actor.Path, 4, DeadLetterReason.MailboxFull), Assert.Single(lost));
    }

    [Fact]
    public void What_an_actor_asked_for_itself_reaches_it_through_a_full_mailbox()
    {
        var heard = new List<string>();
        var gate = new TaskCompletionSource<string>();
        var lost = _stage.Published<DeadLetter>();
        var actor = _stage.Start(
            () => new Scripted<string>((_, message) => heard.Add(message))
            {
                OnStart = self =>
                {
                    self.Context.Timers.StartSingle("timer", "tick", TimeSpan.FromSeconds(1));
                    self.Context.PipeToSelf(_ => gate.Task, result => result);
                },
            },
            capacity: 1);
        _stage.Settle();

        actor.Tell("told");
        _stage.Dispatcher.Run(() => gate.SetResult("piped"));
        _stage.Clock.MoveToNext(TimeSpan.FromSeconds(1));
        actor.Tell("one too many");
        _stage.Settle();

        Assert.Equal(["piped", "tick", "told"], heard.Order());
        Assert.Single(lost);
    }

    [Fact]
    public void The_bound_counts_exactly_what_others_told() => Prop.ForAll(
        ArbMap.Default.ArbFor<bool[]>(),
        posts =>
        {
            const int Capacity = 3;
            var stage = new Stage();
            var heard = new List<string>();
            var lost = stage.Published<DeadLetter>();
            var own = posts.Count(isOwn => isOwn);
            var actor = stage.Start(
                () => new Scripted<string>((_, message) => heard.Add(message))
                {
                    OnStart = self =>
                    {
                        for (var i = 0; i < own; i++) self.Context.Timers.StartSingle($"{i}", "own", TimeSpan.FromSeconds(1));
                    },
                },
                capacity: Capacity);
            stage.Settle();

            // The timers fire, and the actor gets no turn.
            while (stage.Clock.MoveToNext(TimeSpan.FromSeconds(1))) { }
            var told = posts.Count(isOwn => !isOwn);
            for (var i = 0; i < told; i++) actor.Tell("told");
            stage.Settle();
            // Nothing waits any more, so there is room for as many as at first.
            for (var i = 0; i < Capacity + 1; i++) actor.Tell("told again");
            stage.Settle();

            return heard.Count(message => message == "own") == own
                && heard.Count(message => message == "told") == Math.Min(told, Capacity)
                && heard.Count(message => message == "told again") == Capacity
                && lost.Count == Math.Max(told - Capacity, 0) + 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_idle_actor_does_not_keep_its_last_message()
    {
        var actor = _stage.Start(() => new Scripted<object>((_, _) => { }));

        var last = TellSomething(actor);
        _stage.Settle();
        GC.Collect();

        Assert.False(last.IsAlive);
        Assert.True(_stage.IsAlive(actor));
    }

    [Fact]
    public void After_a_factory_that_failed_an_actor_made_by_hand_is_still_refused()
    {
        _stage.Start<string>(() => throw new InvalidOperationException("no way"));
        _stage.Settle();

        Assert.Throws<InvalidOperationException>(() => new Scripted<string>((_, _) => { }));
    }

    [Fact]
    public void Become_sends_the_next_messages_elsewhere_and_names_the_state()
    {
        var heard = new List<string>();
        var actor = _stage.Start(() => new Turnstile(heard));
        _stage.Settle();
        Assert.Equal("Receive", _stage.Look(actor).State);

        actor.Tell("coin");
        actor.Tell("push");
        _stage.Settle();

        Assert.Equal(["locked:coin", "unlocked:push"], heard);
        Assert.Equal("Unlocked", _stage.Look(actor).State);
    }

    [Fact]
    public void Stashed_messages_come_first_and_in_order_when_unstashed()
    {
        var heard = new List<string>();
        var isOpen = false;
        var actor = _stage.Start(() => new Scripted<string>((self, message) =>
        {
            if (message == "open")
            {
                isOpen = true;
                self.Context.UnstashAll();
            }
            else if (isOpen) heard.Add(message);
            else self.Context.Stash();
        }));

        foreach (var message in new[] { "a", "b", "open", "c" }) actor.Tell(message);
        _stage.Settle();

        Assert.Equal(["a", "b", "c"], heard);
    }

    [Fact]
    public void Stashing_more_than_the_mailbox_holds_fails_the_actor()
    {
        var failed = _stage.Published<ActorFailed>();
        var actor = _stage.Start(() => new Scripted<int>((self, _) => self.Context.Stash()), capacity: 2);
        _stage.Settle();

        for (var i = 0; i < 3; i++)
        {
            actor.Tell(i);
            _stage.Settle();
        }

        Assert.IsType<StashOverflowException>(Assert.Single(failed).Cause);
    }

    [Fact]
    public void Stopping_ends_children_first_and_turns_what_waited_into_dead_letters()
    {
        var order = new List<string>();
        var lost = _stage.Published<DeadLetter>();
        var parent = _stage.Start(() => new Scripted<string>((_, _) => { })
        {
            OnStart = self => self.Context.ActorOf(Props.Create(() => new Scripted<string>((_, _) => { }) { OnStop = _ => order.Add("child") }), "child"),
            OnStop = _ => order.Add("parent"),
        });
        _stage.Settle();

        var stopped = _stage.System.Stop(parent);
        parent.Tell("too late");
        _stage.Settle();
        parent.Tell("much too late");
        _stage.Settle();

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(["child", "parent"], order);
        Assert.Equal(["too late", "much too late"], lost.Select(letter => letter.Message));
        Assert.All(lost, letter => Assert.Equal(DeadLetterReason.Stopped, letter.Reason));
        Assert.False(_stage.IsAlive(parent));
    }

    [Fact]
    public void A_stop_overtakes_messages_that_already_wait()
    {
        var heard = new List<int>();
        var actor = _stage.Start(() => new Scripted<int>((self, message) =>
        {
            heard.Add(message);
            self.Context.StopSelf();
        }));

        actor.Tell(1);
        actor.Tell(2);
        _stage.Settle();

        Assert.Equal([1], heard);
    }

    [Fact]
    public void Two_living_siblings_cannot_share_a_name()
    {
        _stage.Start(() => new Scripted<int>((_, _) => { }), "twin");

        Assert.Throws<InvalidOperationException>(() => _stage.Start(() => new Scripted<int>((_, _) => { }), "twin"));
    }

    [Fact]
    public void A_dead_letter_shows_the_type_of_its_message_and_not_the_message()
    {
        var letter = new DeadLetter(new ActorPath("/subject"), "hunter2", DeadLetterReason.Stopped);

        Assert.DoesNotContain("hunter2", letter.ToString(), StringComparison.Ordinal);
        Assert.Contains("String", letter.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tree_shows_depth_state_restarts_and_the_last_failure()
    {
        var actor = _stage.Start(() => new Scripted<string>((_, message) => throw new InvalidOperationException(message)));
        actor.Tell("first");
        _stage.Settle();
        actor.Tell("second");

        var node = _stage.Look(actor);

        Assert.Equal("Scripted`1", node.ActorType);
        Assert.Equal("Restarting", node.Activity);
        Assert.Equal(1, node.MailboxDepth);
        Assert.Equal(1, node.Restarts);
        Assert.Equal("InvalidOperationException: first", node.LastFailure);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference TellSomething(IActorRef<object> actor)
    {
        var something = new object();
        actor.Tell(something);
        return new WeakReference(something);
    }

    private sealed class Turnstile(List<string> heard) : Actor<string>
    {
        protected override void Receive(string message)
        {
            heard.Add($"locked:{message}");
            Context.Become(Unlocked);
        }

        private void Unlocked(string message) => heard.Add($"unlocked:{message}");
    }
}
