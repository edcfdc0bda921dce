using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public class SupervisionTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly List<string> _heard = [];

    [Fact]
    public void A_restarted_actor_is_a_new_instance_and_never_sees_the_poisoned_message_again()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        var actor = stage.Start(() => new Counter(_heard));
        foreach (var message in new[] { "a", "poison", "b" }) actor.Tell(message);

        stage.Pass(s_minute);

        Assert.Equal(["start", "a=1", "stop", "start", "b=1"], _heard);
        var failure = Assert.Single(failed);
        Assert.Equal(actor.Path, failure.Actor);
        Assert.Equal(typeof(string), failure.MessageType);
        Assert.Equal("poison", failure.Cause.Message);
        Assert.Equal(Directive.Restart, failure.Directive);
        Assert.InRange(failure.RestartDelay, TimeSpan.FromMilliseconds(160), TimeSpan.FromMilliseconds(240));
    }

    [Fact]
    public void A_resumed_actor_keeps_its_state()
    {
        var stage = new Stage(guardianStrategy: Always(Directive.Resume));
        var actor = stage.Start(() => new Counter(_heard));
        foreach (var message in new[] { "a", "poison", "b" }) actor.Tell(message);

        stage.Settle();

        Assert.Equal(["start", "a=1", "b=2"], _heard);
    }

    [Fact]
    public void A_stopped_actor_handles_nothing_more()
    {
        var stage = new Stage(guardianStrategy: Always(Directive.Stop));
        var actor = stage.Start(() => new Counter(_heard));
        foreach (var message in new[] { "a", "poison", "b" }) actor.Tell(message);

        stage.Settle();

        Assert.Equal(["start", "a=1", "stop"], _heard);
        Assert.False(stage.IsAlive(actor));
    }

    [Fact]
    public void An_escalated_failure_restarts_the_parent_and_ends_the_child()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        var parent = stage.Start(() => Parent(Always(Directive.Escalate)), "parent");
        parent.Tell("poison");

        stage.Pass(s_minute);

        Assert.Equal([("/parent/child", Directive.Escalate), ("/parent", Directive.Restart)], failed.Select(failure => (failure.Actor.Value, failure.Directive)));
        Assert.Equal(["start", "stop", "start"], _heard);
        Assert.Equal(1, stage.Look(parent).Restarts);
        Assert.Equal(0, stage.System.Tree().SelfAndDescendants().Single(node => node.Path.Name == "child").Restarts);
    }

    [Fact]
    public void An_escalated_failure_that_is_resumed_resumes_the_child_too()
    {
        var stage = new Stage(guardianStrategy: Always(Directive.Resume));
        var parent = stage.Start(() => Parent(Always(Directive.Escalate)), "parent");
        foreach (var message in new[] { "a", "poison", "b" }) parent.Tell(message);

        stage.Settle();

        Assert.Equal(["start", "a=1", "b=2"], _heard);
    }

    [Fact]
    public void An_escalated_failure_of_a_child_that_may_not_resume_restarts_it_when_its_parent_is_resumed()
    {
        var stage = new Stage(guardianStrategy: Always(Directive.Resume));
        var failed = stage.Published<ActorFailed>();
        var keeper = new Persistence<string>(new InMemoryJournal(), new EventCodec<string>().Register<string>("said"));
        IActorRef<string>? child = null;
        stage.Start(
            () => new Scripted<string>((_, _) => { })
            {
                Strategy = Always(Directive.Escalate),
                OnStart = self => child = self.Context.ActorOf(Props.Create(() => new Forgetful(_heard, keeper)), "child"),
            },
            "parent");
        stage.Settle();

        child!.Tell("poison");
        child.Tell("a");
        stage.Pass(s_minute);

        Assert.Equal([Directive.Escalate, Directive.Resume, Directive.Restart], failed.Select(failure => failure.Directive));
        Assert.Equal(1, stage.Look(child).Restarts);
        Assert.Equal(["a"], _heard);
    }

    [Fact]
    public void A_poisoned_message_is_recorded_and_not_retried_for_ever()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        var lost = stage.Published<DeadLetter>();
        var keeper = new Persistence<string>(new InMemoryJournal(), new EventCodec<string>().Register<string>("said"));
        var plain = stage.Start(() => new Counter(_heard), "plain");
        var persistent = stage.Start(() => new Forgetful(_heard, keeper), "persistent");

        foreach (var actor in new[] { plain, persistent }) actor.Tell("poison");
        stage.Pass(TimeSpan.FromDays(1));

        Assert.Equal([(plain.Path, typeof(string)), (persistent.Path, typeof(string))], failed.Select(failure => (failure.Actor, failure.MessageType!)).OrderBy(failure => failure.Actor == persistent.Path));
        Assert.Equal([1, 1], new[] { plain, persistent }.Select(actor => stage.Look(actor).Restarts));
        Assert.Equal([0, 0], new[] { plain, persistent }.Select(actor => stage.Look(actor).MailboxDepth));
        Assert.Empty(lost);
    }

    [Fact]
    public async Task A_failure_escalated_beyond_the_top_ends_the_system_with_that_failure()
    {
        var stage = new Stage(guardianStrategy: Always(Directive.Escalate));
        var actor = stage.Start(() => new Counter(_heard));
        actor.Tell("poison");

        stage.Settle();

        Assert.True(stage.System.WhenTerminated.IsCompleted);
        var cause = await Assert.ThrowsAsync<InvalidOperationException>(() => stage.System.WhenTerminated);
        Assert.Equal("poison", cause.Message);
        Assert.Equal(["start", "stop"], _heard);
    }

    [Fact]
    public void A_failure_concerns_no_sibling()
    {
        var stage = new Stage();
        var others = new List<string>();
        var sibling = stage.Start(() => new Counter(others), "sibling");
        var actor = stage.Start(() => new Counter(_heard));
        actor.Tell("poison");
        sibling.Tell("a");

        stage.Pass(s_minute);

        Assert.Equal(["start", "a=1"], others);
    }

    [Fact]
    public void An_actor_that_needs_more_restarts_than_allowed_is_stopped_and_its_watcher_told()
    {
        var stage = new Stage(guardianStrategy: new SupervisorStrategy { MaxRestarts = 3, Window = TimeSpan.FromHours(1), Backoff = Backoff.None });
        var failed = stage.Published<ActorFailed>();
        var actor = stage.Start(() => new Counter(_heard));
        var ended = stage.System.WhenStopped(actor);
        for (var i = 0; i < 5; i++) actor.Tell("poison");

        stage.Settle();

        Assert.True(ended.IsCompletedSuccessfully);
        Assert.Equal([Directive.Restart, Directive.Restart, Directive.Restart, Directive.Stop], failed.Select(failure => failure.Directive));
        Assert.Equal(4, _heard.Count(line => line == "start"));
    }

    [Fact]
    public void Restarts_longer_ago_than_the_window_do_not_count()
    {
        var stage = new Stage(guardianStrategy: new SupervisorStrategy { MaxRestarts = 1, Window = s_minute, Backoff = Backoff.None });
        var actor = stage.Start(() => new Counter(_heard));
        for (var i = 0; i < 5; i++)
        {
            actor.Tell("poison");
            stage.Pass(s_minute + TimeSpan.FromSeconds(1));
        }

        Assert.True(stage.IsAlive(actor));
        Assert.Equal(5, stage.Look(actor).Restarts);
    }

    [Fact]
    public void Messages_wait_in_order_while_a_restart_backs_off()
    {
        var stage = new Stage();
        var actor = stage.Start(() => new Counter(_heard));
        actor.Tell("poison");
        stage.Settle();
        foreach (var message in new[] { "a", "b", "c" }) actor.Tell(message);

        stage.Settle();
        Assert.DoesNotContain("a=1", _heard);

        stage.Pass(s_minute);
        Assert.Equal(["a=1", "b=2", "c=3"], _heard[^3..]);
    }

    [Fact]
    public void A_stop_during_the_backoff_is_the_end_and_no_new_instance_is_made()
    {
        var stage = new Stage();
        var actor = stage.Start(() => new Counter(_heard));
        actor.Tell("poison");
        stage.Settle();

        var stopped = stage.System.Stop(actor);
        stage.Pass(s_minute);

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(["start", "stop"], _heard);
    }

    [Fact]
    public void An_actor_that_cannot_be_built_is_stopped()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        var actor = stage.Start<string>(() => throw new InvalidOperationException("no way"));

        stage.Pass(s_minute);

        Assert.IsType<ActorInitializationException>(Assert.Single(failed).Cause);
        Assert.False(stage.IsAlive(actor));
    }

    [Fact]
    public void A_factory_that_returns_an_old_instance_is_refused()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        Counter? only = null;
        var actor = stage.Start(() => only ??= new Counter(_heard));
        actor.Tell("poison");

        stage.Pass(s_minute);

        Assert.IsType<ActorInitializationException>(failed[^1].Cause);
        Assert.False(stage.IsAlive(actor));
    }

    [Fact]
    public void A_last_hook_that_throws_is_recorded_and_does_not_keep_the_actor_alive()
    {
        var stage = new Stage();
        var failed = stage.Published<ActorFailed>();
        var actor = stage.Start(() => new Scripted<string>((_, _) => { }) { OnStop = _ => throw new InvalidOperationException("will not go") });

        stage.Settle();
        stage.System.Stop(actor);
        stage.Settle();

        Assert.False(stage.IsAlive(actor));
        Assert.Equal("will not go", Assert.Single(failed).Cause.Message);
    }

    private static SupervisorStrategy Always(Directive directive) => new() { Decider = _ => directive };

    /// <summary>Passes everything on to one child, which counts.</summary>
    private Scripted<string> Parent(SupervisorStrategy strategy)
    {
        IActorRef<string>? child = null;
        return new Scripted<string>((_, message) => child!.Tell(message))
        {
            Strategy = strategy,
            OnStart = self => child = self.Context.ActorOf(Props.Create(() => new Counter(_heard)), "child"),
        };
    }

    private sealed class Forgetful(List<string> heard, Persistence<string> persistence) : PersistentActor<string, string>(persistence)
    {
        protected override string PersistenceId => "forgetful";

        protected override void Apply(string @event) { }

        protected override void Receive(string message)
        {
            if (message == "poison") throw new InvalidOperationException(message);
            heard.Add(message);
        }
    }

    private sealed class Counter(List<string> heard) : Actor<string>
    {
        private int _count;

        protected override void PreStart() => heard.Add("start");

        protected override void PostStop() => heard.Add("stop");

        protected override void Receive(string message)
        {
            if (message == "poison") throw new InvalidOperationException(message);
            heard.Add($"{message}={++_count}");
        }
    }
}
