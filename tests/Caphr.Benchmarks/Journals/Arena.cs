using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Journals;

/// <summary>
/// Where keepers work. Nothing is published while all goes well, so whatever is published ends the contest with an error: a keeper that has failed,
/// was fenced or waits for its journal would otherwise be waited for without an end.
/// </summary>
internal sealed class Arena : IAsyncDisposable
{
    private TaskCompletionSource _done = new();
    private int _left;

    public Arena() => System.EventStream.Subscribe(System.ActorOf(Props.Create(() => new Referee(this)), "referee"));

    public ActorSystem System { get; } = new("bench", new RealTime(), new Random(1), new ThreadPoolDispatcher());

    /// <summary>Begins to count; ends when so many keepers are done.</summary>
    public Task Expect(int keepers)
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _left, keepers);
        return _done.Task;
    }

    public void OneIsDone()
    {
        if (Interlocked.Decrement(ref _left) == 0) _done.TrySetResult();
    }

    public ValueTask DisposeAsync() => System.DisposeAsync();

    private sealed class Referee(Arena arena) : Actor<object>
    {
        protected override void Receive(object message) => arena._done.TrySetException(new InvalidOperationException($"The contest is void: {message}"));
    }
}
