using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

public class TimerTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Stage _stage = new();
    private readonly List<string> _heard = [];

    [Fact]
    public void A_single_timer_fires_once_and_not_before_its_time()
    {
        Start(timers => timers.StartSingle("t", "tick", s_second));

        _stage.Pass(s_second * 0.99);
        Assert.Empty(_heard);

        _stage.Pass(s_second * 10);
        Assert.Equal(["tick"], _heard);
    }

    [Fact]
    public void A_timer_that_was_cancelled_never_delivers_even_if_its_message_already_waits()
    {
        var timers = Start(timers => timers.StartSingle("t", "tick", s_second));
        _stage.Clock.MoveToNext(s_second);

        timers().Cancel("t");
        _stage.Pass(s_second * 10);

        Assert.Empty(_heard);
    }

    [Fact]
    public void A_timer_started_again_never_delivers_its_earlier_message_even_if_that_already_waits()
    {
        var timers = Start(timers => timers.StartSingle("t", "earlier", s_second));
        _stage.Clock.MoveToNext(s_second);

        timers().StartSingle("t", "later", s_second);
        _stage.Pass(s_second * 2);

        Assert.Equal(["later"], _heard);
    }

    [Fact]
    public void Timers_end_with_their_incarnation()
    {
        var actor = _stage.Start(() => new Scripted<string>((self, message) =>
        {
            _heard.Add(message);
            if (message == "set") self.Context.Timers.StartSingle("t", "tick", s_second);
            if (message == "poison") throw new InvalidOperationException(message);
        }));
        actor.Tell("set");
        actor.Tell("poison");

        _stage.Pass(s_second * 60);

        Assert.Equal(["set", "poison"], _heard);
    }

    /// <summary>The timers are used from the test while the actor has no turn, which is as good as in its turn.</summary>
    private Func<Timers<string>> Start(Action<Timers<string>> set)
    {
        Timers<string>? timers = null;
        _stage.Start(() => new Scripted<string>((_, message) => _heard.Add(message)) { OnStart = self => set(timers = self.Context.Timers) });
        _stage.Settle();
        return () => timers!;
    }
}
