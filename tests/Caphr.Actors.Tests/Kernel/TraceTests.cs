using System.Collections.Concurrent;
using System.Diagnostics;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public sealed class TraceTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Stage _stage = new();
    private readonly ConcurrentQueue<Activity> _ended = [];
    private ActivityListener? _listener;

    [Fact]
    public void Handling_a_message_is_a_part_of_the_trace_of_its_sender_and_shows_types_and_paths_only()
    {
        Listen();
        var second = Start<Secret>("second", (_, _) => { });
        var first = Start<Secret>("first", (_, secret) => second.Tell(secret));

        var outside = Outside(() => first.Tell(new Secret("hunter2")));

        var (handledFirst, handledSecond) = (At("/first"), At("/second"));
        Assert.Equal("Secret", handledFirst.OperationName);
        Assert.Equal(outside.SpanId, handledFirst.ParentSpanId);
        Assert.Equal(handledFirst.SpanId, handledSecond.ParentSpanId);
        Assert.DoesNotContain(_ended, activity => activity.OperationName.Contains("hunter2", StringComparison.Ordinal) || activity.Tags.Any(tag => tag.Value!.Contains("hunter2", StringComparison.Ordinal)));
    }

    [Fact]
    public void Piped_work_and_its_result_are_a_part_of_the_trace_that_started_it()
    {
        Listen();
        var gate = new TaskCompletionSource<Result>();
        var actor = Start<object>("piping", (self, message) =>
        {
            if (message is Work) self.Context.PipeToSelf<Result>(async _ => await gate.Task, result => result);
        });

        var outside = Outside(() => actor.Tell(new Work()));
        _stage.Dispatcher.Run(() => gate.SetResult(new Result()));
        _stage.Settle();

        Assert.Equal(["Result", "Pipe", "Work", "outside"], Ancestry(At("/piping", "Result")));
        Assert.Equal(outside.TraceId, At("/piping", "Pipe").TraceId);
    }

    [Fact]
    public void What_a_timer_delivers_is_a_trace_of_its_own_linked_to_who_set_the_timer()
    {
        Listen();
        var actor = Start<object>("timed", (self, message) =>
        {
            if (message is Work) self.Context.Timers.StartSingle("t", new Result(), s_second);
        });

        var outside = Outside(() => actor.Tell(new Work()));
        _stage.Pass(s_second * 2);

        var tick = At("/timed", "Result");
        Assert.NotEqual(outside.TraceId, tick.TraceId);
        Assert.Equal(At("/timed", "Work").Context, Assert.Single(tick.Links).Context);
    }

    [Fact]
    public void An_append_and_what_follows_from_it_are_a_part_of_the_trace()
    {
        Listen();
        var heir = Start<Result>("heir", (_, _) => { });
        var journal = new TroubledJournal(new InMemoryJournal());
        var keeper = _stage.Start(() => new Keeper(new Persistence<Kept>(journal, new EventCodec<Kept>().Register<Kept>("kept")), heir), "keeper");
        _stage.Settle();

        var gate = new TaskCompletionSource();
        journal.Gate = gate.Task;
        Outside(() => keeper.Tell(new Work()));
        _stage.Dispatcher.Run(gate.SetResult);
        _stage.Settle();

        Assert.Equal(["Result", "Continue", "Persisting", "Work", "outside"], Ancestry(At("/heir")));
    }

    [Fact]
    public void A_message_put_aside_keeps_its_trace()
    {
        Listen();
        var isOpen = false;
        var handled = 0;
        var actor = Start<object>("stashing", (self, message) =>
        {
            if (message is Work) (isOpen, _) = (true, ++handled);
            if (message is Work) self.Context.UnstashAll();
            else if (!isOpen) self.Context.Stash();
        });

        var outside = Outside(() => actor.Tell(new Result()));
        actor.Tell(new Work());
        _stage.Settle();

        Assert.Equal(2, _ended.Count(activity => activity.TraceId == outside.TraceId && activity.OperationName == "Result"));
    }

    [Fact]
    public void A_failure_marks_its_activity_with_its_type_and_not_with_its_words()
    {
        Listen();
        var actor = Start<Work>("failing", (_, _) => throw new InvalidOperationException("hunter2"));

        Outside(() => actor.Tell(new Work()));

        var handled = At("/failing");
        Assert.Equal((ActivityStatusCode.Error, "InvalidOperationException"), (handled.Status, handled.StatusDescription));
    }

    [Fact]
    public void What_begins_outside_is_no_part_of_what_is_under_way_around_it()
    {
        Listen();
        var actor = Start<Result>("begun", (_, _) => { });

        var around = Outside(() =>
        {
            var here = Activity.Current;
            Traces.Begin("event", () => actor.Tell(new Result()));
            Assert.Same(here, Activity.Current);
        });

        Assert.Equal(["Result", "event"], Ancestry(At("/begun")));
        Assert.NotEqual(around.TraceId, At("/begun").TraceId);
    }

    [Fact]
    public void When_nobody_listens_a_message_carries_nothing_along()
    {
        var begun = false;
        var underWay = false;
        var actor = Start<Work>("untraced", (_, _) => underWay = Activity.Current is not null);

        Outside(() =>
        {
            actor.Tell(new Work());
            Traces.Begin("event", () => begun = true);
        });
        Assert.True(begun);
        Assert.False(underWay);

        Outside(() =>
        {
            actor.Tell(new Work());
            Listen();
        });
        Assert.True(underWay);
        Assert.Equal(["Work"], Ancestry(At("/untraced")));
    }

    public void Dispose() => _listener?.Dispose();

    private void Listen()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Caphr",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private IActorRef<TMessage> Start<TMessage>(string name, Action<Scripted<TMessage>, TMessage> receive)
    {
        var actor = _stage.Start(() => new Scripted<TMessage>(receive), name);
        _stage.Settle();
        return actor;
    }

    /// <summary>Somebody who is no actor does something within an activity of their own; then everything runs, outside that activity.</summary>
    private Activity Outside(Action action)
    {
        using (var outside = new Activity("outside").Start())
        {
            _ended.Enqueue(outside);
            action();
        }

        _stage.Settle();
        return _ended.First(activity => activity.OperationName == "outside");
    }

    // Other tests' actors may be heard as well.
    private Activity At(string path, string? name = null) =>
        _ended.Single(activity => (name is null || activity.OperationName == name) && Equals(activity.GetTagItem("caphr.actor"), path));

    private IEnumerable<string> Ancestry(Activity? activity)
    {
        for (; activity is not null; activity = _ended.FirstOrDefault(other => other.SpanId == activity.ParentSpanId)) yield return activity.OperationName;
    }

    private sealed record Secret(string Text);

    private sealed record Work;

    private sealed record Result;

    private sealed record Kept;

    private sealed class Keeper(Persistence<Kept> persistence, IActorRef<Result> heir) : PersistentActor<Work, Kept>(persistence)
    {
        protected override string PersistenceId => "keeper";

        protected override void Apply(Kept @event) { }

        protected override void Receive(Work message) => Persist(new Kept(), () => heir.Tell(new Result()));
    }
}
