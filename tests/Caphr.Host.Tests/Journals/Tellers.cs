using System.Collections.Concurrent;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Host.Tests.Journals;

/// <summary>
/// Persistent actors at work on a real journal: each is told the numbers 1, 2, 3, …, stores each of them, and only then says it aloud. Whatever happens
/// to the journal meanwhile, in the end every number is stored once, and said once, in its order.
/// </summary>
internal sealed class Tellers : IAsyncDisposable
{
    private const int Actors = 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly EventCodec<Told> s_codec = new EventCodec<Told>().Register<Told>("told");

#pragma warning disable RS0030 // Other processes live in real time.
    private static readonly TimeProvider s_clock = TimeProvider.System;
#pragma warning restore RS0030

    private readonly IJournal _journal;
    private readonly ActorSystem _system = new("test", s_clock, new Random(1), new ThreadPoolDispatcher());
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _said = [];
    private readonly ConcurrentQueue<string> _stalls = [];
    private readonly IActorRef<int>[] _actors;
    private int _told;
    private int _saidBefore;

    public Tellers(IJournal journal)
    {
        _journal = journal;
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listener<JournalStalled>(stalled => _stalls.Enqueue(stalled.Detail))), "stalls"));
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listener<ActorFailed>(failed => Failures.Enqueue(failed.Cause.ToString()))), "failures"));
        var persistence = new Persistence<Told>(journal, s_codec) { Retry = new Backoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100)) };
        _actors = [.. Enumerable.Range(0, Actors).Select(number => _system.ActorOf(Props.Create(() => new Teller($"teller-{number}", persistence, _said)), $"teller-{number}"))];
    }

    private sealed record Told(int Number);

    public ConcurrentQueue<string> Failures { get; } = [];

    /// <summary>Gives every actor the next numbers, and does not wait for them.</summary>
    public void Tell(int numbers)
    {
        _saidBefore = Said;
        for (var i = 0; i < numbers; i++)
        {
            _told++;
            foreach (var actor in _actors) actor.Tell(_told);
        }
    }

    /// <summary>The sentence with which an actor says what it waits for.</summary>
    public async Task<string> NextStallAsync()
    {
        var stall = "";
        await UntilAsync(() => _stalls.TryDequeue(out stall!), "no actor noticed");
        return stall;
    }

    public int Said => _said.Values.Sum(numbers => numbers.Count);

    /// <summary>Of what was told last, or of what was still to be said then.</summary>
    public Task SomethingIsSaidAsync() => UntilAsync(() => Said > _saidBefore, "nothing more was said");

    /// <summary>Waits until everything is said, and then compares with the journal.</summary>
    public async Task AssertToldOnceAsync()
    {
        await UntilAsync(() => Said >= Actors * _told, "not everything was said");
        Assert.Empty(Failures);
        Assert.Equal(Actors, _said.Count);
        var expected = Enumerable.Range(1, _told).ToList();
        foreach (var (name, numbers) in _said)
        {
            Assert.Equal(expected, numbers);
            var stored = await _journal.ReadAsync(name, CancellationToken.None);
            // A connection that died unnoticed may still have to be found out.
            for (var attempt = 0; attempt < 10 && stored.WhyUnavailable is not null; attempt++) stored = await _journal.ReadAsync(name, CancellationToken.None);
            Assert.Equal(expected, stored.Value.Events.Select(record => s_codec.Decode(record.Entry).Number));
        }
    }

    public async ValueTask DisposeAsync() => await _system.DisposeAsync();

    private async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var started = s_clock.GetTimestamp();
        while (!condition())
        {
            Assert.True(s_clock.GetElapsedTime(started) < s_patience, $"After {s_patience} {otherwise}: {Said} of {Actors * _told} said; {string.Join(" ", Failures.Concat(_stalls).Take(3))}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), s_clock);
        }
    }

    private sealed class Teller(string name, Persistence<Told> persistence, ConcurrentDictionary<string, ConcurrentQueue<int>> said) : PersistentActor<int, Told>(persistence)
    {
        protected override string PersistenceId => name;

        protected override void Apply(Told @event) { }

        protected override void Receive(int message) => Persist(new Told(message), () => said.GetOrAdd(name, _ => []).Enqueue(message));
    }

    private sealed class Listener<T>(Action<T> hear) : Actor<T>
    {
        protected override void Receive(T message) => hear(message);
    }
}
