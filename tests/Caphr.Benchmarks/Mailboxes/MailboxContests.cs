using System.Diagnostics;
using System.Threading.Channels;
using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Mailboxes;

/// <summary>An actor against a loop over a channel: what one would write who has no supervision, no restart, no dead letters and no tree.</summary>
internal static class MailboxContests
{
    private const int Burst = 10_000;
    private const int Bursts = 100;
    private const int Senders = 8;
    private const int Idle = 20_000;

    public static async Task RunAsync(Report report)
    {
        await using var system = new ActorSystem("bench", new RealTime(), new Random(1), new ThreadPoolDispatcher());
        var names = 0;

        Task Actors(int senders, int askAgain = 0) => SendAsync(senders, handled =>
            system.ActorOf(new Props<int>(() => new Counter(handled, askAgain)) { MailboxCapacity = Burst }, $"counter-{++names}").Tell);

        const int Messages = Burst * Bursts;
        await report.CompareAsync("mailbox, one to one, against an unbounded channel", Messages, () => Actors(1), () => Channels(1, bounded: false));
        await report.CompareAsync("mailbox, one to one, against a bounded channel", Messages, () => Actors(1), () => Channels(1, bounded: true));
        await report.CompareAsync("mailbox, many to one, against an unbounded channel", Messages, () => Actors(Senders), () => Channels(Senders, bounded: false));
        await report.CompareAsync("mailbox, many to one, against a bounded channel", Messages, () => Actors(Senders), () => Channels(Senders, bounded: true));
        await report.CompareAsync("mailbox that asks twice as often whether somebody traces", Messages, () => Actors(1, askAgain: 2), () => Actors(1));
        await report.CompareAsync("traced mailbox, against an untraced one", Messages, () => TracedAsync(() => Actors(1)), () => Actors(1));
        await report.CompareMemoryAsync("memory of an idle actor, against an idle channel loop", Idle, () => IdleActors(system, ref names), IdleLoops);
    }

    private static async Task TracedAsync(Func<Task> run)
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "Caphr", Sample = static (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        await run();
    }

    private static Task Channels(int senders, bool bounded) => SendAsync(senders, handled =>
    {
        var channel = bounded
            ? Channel.CreateBounded<int>(new BoundedChannelOptions(Burst) { SingleReader = true })
            : Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
        _ = Task.Run(() => LoopAsync(channel.Reader, handled));
        return message => channel.Writer.TryWrite(message);
    });

    /// <summary>Bursts that fill the bound and never exceed it; the next one begins when the last one is handled.</summary>
    private static async Task SendAsync(int senders, Func<Handled, Action<int>> start)
    {
        var handled = new Handled();
        var tell = start(handled);
        for (var burst = 0; burst < Bursts; burst++)
        {
            var done = handled.Expect(Burst);
            await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < Burst / senders; i++) tell(i);
            })));
            await done;
        }
    }

    private static async Task LoopAsync(ChannelReader<int> reader, Handled handled)
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var message)) handled.One(message);
        }
    }

    private static List<object> IdleActors(ActorSystem system, ref int names)
    {
        var actors = new List<object>();
        var handled = new Handled();
        var done = handled.Expect(Idle);
        for (var i = 0; i < Idle; i++)
        {
            var actor = system.ActorOf(Props.Create(() => new Counter(handled, askAgain: 0)), $"idle-{++names}");
            actor.Tell(1);
            actors.Add(actor);
        }

#pragma warning disable RS0030 // Memory is compared between two moments, and nothing else is to be done between them.
        done.Wait();
#pragma warning restore RS0030
        return actors;
    }

    private static List<object> IdleLoops()
    {
        var loops = new List<object>();
        var handled = new Handled();
        for (var i = 0; i < Idle; i++)
        {
            var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(Props.DefaultMailboxCapacity) { SingleReader = true });
            loops.Add((channel, LoopAsync(channel.Reader, handled)));
            channel.Writer.TryWrite(1);
        }

        return loops;
    }

    /// <summary>What there is to do with a message: as little as possible, and the same on both sides.</summary>
    private sealed class Handled
    {
        private TaskCompletionSource _done = new();
        private long _sum;
        private int _left;

        public Task Expect(int messages)
        {
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _left, messages);
            return _done.Task;
        }

        public void One(int message)
        {
            _sum += message;
            if (Interlocked.Decrement(ref _left) == 0) _done.SetResult();
        }
    }

    private sealed class Counter(Handled handled, int askAgain) : Actor<int>
    {
        protected override void Receive(int message)
        {
            for (var i = 0; i < askAgain; i++) _ = Traces.Source.HasListeners();
            handled.One(message);
        }
    }
}
