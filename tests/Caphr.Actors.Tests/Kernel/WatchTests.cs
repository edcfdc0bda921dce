using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public class WatchTests
{
    private readonly Stage _stage = new();
    private readonly List<string> _heard = [];

    [Fact]
    public void A_watcher_hears_once_that_the_watched_actor_has_stopped()
    {
        var watched = Idle("watched");
        Watcher(watched, watched);
        _stage.Settle();
        Assert.Empty(_heard);

        _stage.System.Stop(watched);
        _stage.Settle();

        Assert.Equal(["/watched terminated"], _heard);
    }

    [Fact]
    public void Watching_an_actor_that_has_already_stopped_is_answered_at_once()
    {
        var watched = Idle("watched");
        _stage.System.Stop(watched);
        _stage.Settle();

        Watcher(watched);
        _stage.Settle();

        Assert.Equal(["/watched terminated"], _heard);
    }

    [Fact]
    public void A_notice_that_already_waits_is_not_delivered_after_an_unwatch()
    {
        var watched = Idle("watched");
        IActorRef<string>? watcher = null;
        var sawNoticeWaiting = false;
        watcher = _stage.Start(
            () => new Scripted<string>((self, message) =>
            {
                if (message == "unwatch")
                {
                    sawNoticeWaiting = _stage.Look(watcher!).MailboxDepth > 0;
                    self.Context.Unwatch(watched);
                }
                else _heard.Add(message);
            })
            {
                OnStart = self => self.Context.Watch(watched, _ => "terminated"),
            },
            "watcher");
        _stage.Settle();

        // Only one of many interleavings has the notice in the mailbox before the unwatch is handled, so this one is arranged by filling it first.
        for (var i = 0; i < 50; i++) watcher.Tell("filler");
        watcher.Tell("unwatch");
        _stage.System.Stop(watched);
        _stage.Settle();

        Assert.True(sawNoticeWaiting);
        Assert.DoesNotContain("terminated", _heard);
    }

    [Fact]
    public void A_restart_is_not_a_death()
    {
        var watched = _stage.Start(() => new Scripted<string>((_, _) => throw new InvalidOperationException("poison")), "watched");
        Watcher(watched);
        watched.Tell("poison");

        _stage.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(1, _stage.Look(watched).Restarts);
        Assert.Empty(_heard);
    }

    [Fact]
    public void A_notice_that_cannot_be_made_fails_the_watcher_and_nobody_else()
    {
        var failed = _stage.Published<ActorFailed>();
        var watched = Idle("watched");
        var watcher = _stage.Start(
            () => new Scripted<string>((_, message) => _heard.Add(message)) { OnStart = self => self.Context.Watch(watched, _ => throw new InvalidOperationException("no words")) }, "watcher");
        _stage.Settle();

        _stage.System.Stop(watched);
        _stage.Settle();
        var failure = failed[0];
        Assert.Equal((watcher.Path, "no words", Directive.Restart), (failure.Actor, failure.Cause.Message, failure.Directive));

        _stage.System.Stop(watcher);
        _stage.Settle();
        Assert.False(_stage.IsAlive(watcher));
    }

    [Fact]
    public void A_watcher_may_start_a_successor_of_the_same_name()
    {
        var born = 0;
        _stage.Start(() => new Scripted<string>((self, _) => StartChild(self)) { OnStart = StartChild }, "parent");

        _stage.Settle();

        Assert.Equal(3, born);

        void StartChild(Scripted<string> parent)
        {
            var isLast = ++born == 3;
            var child = parent.Context.ActorOf(
                Props.Create(() => new Scripted<string>((_, _) => { }) { OnStart = self => { if (!isLast) self.Context.StopSelf(); } }), "child");
            parent.Context.Watch(child, _ => "again");
        }
    }

    private IActorRef<string> Idle(string name) => _stage.Start(() => new Scripted<string>((_, _) => { }), name);

    private IActorRef<Action> Watcher(params IActorRef[] watched) => _stage.Start(
        () => new Scripted<Action>((_, act) => act())
        {
            OnStart = self =>
            {
                foreach (var actor in watched) self.Context.Watch(actor, terminated => () => _heard.Add($"{terminated.Actor.Path} terminated"));
            },
        },
        "watcher");
}
