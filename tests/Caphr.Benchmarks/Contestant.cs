namespace Caphr.Benchmarks;

/// <summary>One side of one round: made ready before the clock starts, and taken away, the last owned first, after it has stopped.</summary>
internal sealed class Contestant(Func<Task> run, params IReadOnlyList<IAsyncDisposable> owned) : IAsyncDisposable
{
    public Task RunAsync() => run();

    public async ValueTask DisposeAsync()
    {
        foreach (var one in owned.Reverse()) await one.DisposeAsync();
    }
}
