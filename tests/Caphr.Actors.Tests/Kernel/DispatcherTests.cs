using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Actors.Tests.Kernel;

public class DispatcherTests
{
    [Fact]
    public async Task On_the_thread_pool_an_actor_handles_one_message_at_a_time_and_loses_none()
    {
        const int Senders = 8;
        const int Each = 5_000;
        await using var system = new ActorSystem("test", new VirtualClock(DateTimeOffset.UnixEpoch), new Random(1), new ThreadPoolDispatcher());
        var inside = 0;
        var overlaps = 0;
        var last = Enumerable.Repeat(-1, Senders).ToArray();
        var disorders = 0;
        var handled = 0;
        var done = new TaskCompletionSource();
        var actor = system.ActorOf(
            new Props<(int Sender, int Number)>(() => new Scripted<(int Sender, int Number)>((_, message) =>
            {
                if (Interlocked.Increment(ref inside) != 1) overlaps++;
                if (last[message.Sender] != message.Number - 1) disorders++;
                last[message.Sender] = message.Number;
                Interlocked.Decrement(ref inside);
                if (++handled == Senders * Each) done.SetResult();
            }))
            {
                MailboxCapacity = Senders * Each,
            },
            "subject");

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) actor.Tell((sender, i));
        })));
        await done.Task.WaitAsync(TimeSpan.FromMinutes(3), CancellationToken.None);

        Assert.Equal((0, 0, Senders * Each), (overlaps, disorders, handled));
    }

    [Fact]
    public async Task On_the_thread_pool_a_busy_actor_does_not_keep_the_others_from_their_turn()
    {
        await using var system = new ActorSystem("test", new VirtualClock(DateTimeOffset.UnixEpoch), new Random(1), new ThreadPoolDispatcher());
        var heard = new TaskCompletionSource();
        // As many as would occupy every thread of the pool for ever, if turns had no end.
        for (var i = 0; i < Environment.ProcessorCount * 4; i++)
        {
            var busy = system.ActorOf(Props.Create(() => new Scripted<int>((self, message) => self.Context.Self.Tell(message))), $"busy-{i}");
            busy.Tell(i);
        }

        var quiet = system.ActorOf(Props.Create(() => new Scripted<int>((_, _) => heard.SetResult())), "quiet");
        quiet.Tell(1);

        await heard.Task.WaitAsync(TimeSpan.FromMinutes(3), CancellationToken.None);
    }

    [Fact]
    public void One_seed_is_one_interleaving_and_another_seed_is_another()
    {
        Assert.Equal(Interleaving(seed: 7), Interleaving(seed: 7));
        Assert.NotEqual(Interleaving(seed: 7), Interleaving(seed: 8));
    }

    [Fact]
    public void Work_that_escapes_to_another_thread_is_found_out()
    {
        var stage = new Stage();
        var escaped = new TaskCompletionSource<string>();
        stage.Start(() => new Scripted<string>((_, _) => { }) { OnStart = self => self.Context.PipeToSelf(_ => escaped.Task, result => result) });
        stage.Settle();

        var thread = new Thread(() => escaped.SetResult("from elsewhere"));
        thread.Start();
        thread.Join();

        Assert.Throws<InvalidOperationException>(stage.Settle);
    }

    [Fact]
    public void Waiting_for_something_that_nothing_can_bring_about_ends()
    {
        var stage = new Stage();

        Assert.False(stage.Dispatcher.RunUntil(() => false, TimeSpan.FromDays(1)));
        Assert.Equal(TimeSpan.Zero, stage.Clock.Elapsed);
    }

    /// <summary>Ten actors that talk to each other, with timers and piped work, and the order in which things happened.</summary>
    private static string Interleaving(int seed)
    {
        var stage = new Stage(seed);
        var story = new List<string>();
        var actors = new List<IActorRef<int>>();
        for (var i = 0; i < 10; i++)
        {
            var name = $"a{i}";
            var next = (i + 1) % 10;
            actors.Add(stage.Start(
                () => new Scripted<int>((self, hops) =>
                {
                    story.Add($"{name}:{hops}@{stage.Clock.Elapsed}");
                    if (hops == 0) return;
                    actors[next].Tell(hops - 1);
                    self.Context.PipeToSelf(
                        async cancellation =>
                        {
                            await Task.Delay(TimeSpan.FromMilliseconds(hops), stage.Clock, cancellation);
                            return hops - 1;
                        },
                        result => result);
                }),
                name));
        }

        foreach (var actor in actors) actor.Tell(3);
        stage.Pass(TimeSpan.FromSeconds(10));
        Assert.True(story.Count > 100);
        return string.Join('\n', story);
    }
}
