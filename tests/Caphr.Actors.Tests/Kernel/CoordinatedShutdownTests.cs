using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public class CoordinatedShutdownTests
{
    private static readonly ShutdownPhase s_refuse = new("refuse new work", TimeSpan.FromSeconds(5));
    private static readonly ShutdownPhase s_handOver = new("hand over", TimeSpan.FromSeconds(10));
    private static readonly ShutdownPhase s_close = new("close", TimeSpan.FromSeconds(5));

    private readonly Stage _stage = new();
    private readonly CoordinatedShutdown _shutdown;
    private readonly List<string> _done = [];

    public CoordinatedShutdownTests() => _shutdown = new CoordinatedShutdown(_stage.System, s_refuse, s_handOver, s_close);

    [Fact]
    public async Task Phases_run_in_their_order_whatever_the_order_of_registration()
    {
        Add(s_close, "journal");
        Add(s_refuse, "watches");
        Add(s_handOver, "shards");

        var outcome = await Finish();

        Assert.Equal(["watches", "shards", "journal"], _done);
        Assert.Equal("told to", outcome.Reason);
        Assert.Empty(outcome.Troubles);
    }

    [Fact]
    public void Tasks_of_one_phase_run_together_and_the_next_phase_waits_for_all_of_them()
    {
        Add(s_refuse, "slow", TimeSpan.FromSeconds(3));
        Add(s_refuse, "slower", TimeSpan.FromSeconds(4));
        Add(s_close, "journal");
        var ending = Begin();

        _stage.Pass(TimeSpan.FromSeconds(3.9));
        Assert.Equal(["slow"], _done);

        _stage.Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["slow", "slower", "journal"], _done);
        Assert.True(ending.IsCompleted);
    }

    [Fact]
    public async Task A_task_that_does_not_end_is_told_to_leave_off_and_holds_up_the_next_phase_no_longer_than_its_phase_may_take()
    {
        var troubles = _stage.Published<ShutdownTrouble>();
        CancellationToken told = default;
        _shutdown.AddTask(s_refuse, "deaf", cancellation =>
        {
            told = cancellation;
            return new TaskCompletionSource().Task;
        });
        Add(s_refuse, "obedient", TimeSpan.FromHours(1));
        Add(s_refuse, "quick");
        Add(s_handOver, "shards");
        var ending = Begin();

        _stage.Pass(TimeSpan.FromSeconds(4.9));
        Assert.Equal(["quick"], _done);
        Assert.False(told.IsCancellationRequested);

        _stage.Pass(TimeSpan.FromSeconds(0.2));
        Assert.Equal(["quick", "shards"], _done);
        Assert.True(told.IsCancellationRequested);
        ShutdownTrouble[] late = [new ShutdownTrouble.Late(s_refuse, "deaf"), new ShutdownTrouble.Late(s_refuse, "obedient")];
        Assert.Equal(late, (await ending).Troubles);
        Assert.Equal(late, troubles);
    }

    [Fact]
    public async Task A_task_that_fails_is_reported_and_holds_nobody_up()
    {
        var troubles = _stage.Published<ShutdownTrouble>();
        _shutdown.AddTask(s_refuse, "at once", _ => throw new InvalidOperationException("at once"));
        _shutdown.AddTask(s_refuse, "later", async cancellation =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _stage.Clock, cancellation);
            throw new InvalidOperationException("later");
        });
        Add(s_refuse, "watches");
        Add(s_close, "journal");

        var outcome = await Finish();

        Assert.Equal(["watches", "journal"], _done);
        Assert.Equal(["at once", "later"], outcome.Troubles.Select(trouble => Assert.IsType<ShutdownTrouble.Failed>(trouble).Cause.Message));
        Assert.Equal(outcome.Troubles, troubles);
    }

    [Fact]
    public async Task However_often_it_is_asked_for_it_happens_once()
    {
        var again = Task.CompletedTask;
        _shutdown.AddTask(s_refuse, "asks again", _ =>
        {
            again = _shutdown.Run("asked from inside");
            return Task.CompletedTask;
        });
        Add(s_refuse, "watches");
        var first = Begin();
        var second = _shutdown.Run("told twice");

        _stage.Settle();

        Assert.Equal(["watches"], _done);
        Assert.Same(first, second);
        Assert.Same(first, again);
        Assert.Equal("told to", (await first).Reason);
    }

    [Fact]
    public void A_task_may_still_be_added_to_a_phase_ahead_and_to_no_other()
    {
        _shutdown.AddTask(s_refuse, "adds", _ =>
        {
            Add(s_close, "journal");
            return Task.CompletedTask;
        });
        Begin();
        _stage.Settle();

        Assert.Equal(["journal"], _done);
        Assert.Throws<InvalidOperationException>(() => Add(s_close, "too late"));
        Assert.Throws<ArgumentException>(() => new CoordinatedShutdown(_stage.System, s_close, s_close));
    }

    [Fact]
    public void The_actors_themselves_end_in_a_phase()
    {
        _stage.Start(() => new Scripted<string>((_, _) => { }) { OnStop = _ => _done.Add("actor") });
        _stage.Settle();
        _shutdown.AddTask(s_handOver, "actors", _ => _stage.System.Terminate());
        Add(s_close, "journal");

        Begin();
        _stage.Settle();

        Assert.Equal(["actor", "journal"], _done);
    }

    private void Add(ShutdownPhase phase, string name, TimeSpan takes = default) => _shutdown.AddTask(phase, name, async cancellation =>
    {
        if (takes > TimeSpan.Zero) await Task.Delay(takes, _stage.Clock, cancellation);
        _done.Add(name);
    });

    private Task<ShutdownOutcome> Begin()
    {
        Task<ShutdownOutcome>? ending = null;
        _stage.Dispatcher.Run(() => ending = _shutdown.Run("told to"));
        return ending!;
    }

    private async Task<ShutdownOutcome> Finish()
    {
        var ending = Begin();
        _stage.Pass(TimeSpan.FromMinutes(1));
        Assert.True(ending.IsCompleted);
        return await ending;
    }
}
