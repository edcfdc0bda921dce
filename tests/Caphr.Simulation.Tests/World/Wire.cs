using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Simulation.Tests.World;

/// <summary>
/// Carries the calls of one process to the world and their answers back. Each way takes its time, and on each way it can end. What arrived is done,
/// whatever becomes of the one who called.
/// </summary>
internal sealed class Wire(DeterministicDispatcher dispatcher, Random random)
{
    private static readonly TimeSpan s_patienceOfDatabaseClients = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_slowest = TimeSpan.FromMilliseconds(12);

    private readonly Dictionary<Link, LinkState> _states = [];
    private readonly Dictionary<Link, int> _answersToLose = [];

    /// <summary>How much later than everything else the events of watches may come, each watch's by themselves, as from an API server that is behind.</summary>
    public TimeSpan WatchesLate { get; set; }

    /// <summary>Raised when a link changes.</summary>
    public event Action<Link>? Changed;

    public LinkState StateOf(Link link) => _states.GetValueOrDefault(link);

    public void Set(Link link, LinkState state)
    {
        if (StateOf(link) == state) return;
        _states[link] = state;
        Changed?.Invoke(link);
    }

    public void LoseAnswers(Link link, int count) => _answersToLose[link] = _answersToLose.GetValueOrDefault(link) + count;

    public void Heal()
    {
        _answersToLose.Clear();
        WatchesLate = TimeSpan.Zero;
        foreach (var link in Enum.GetValues<Link>()) Set(link, LinkState.Whole);
    }

    public TimeSpan Latency() => s_slowest * (0.05 + (0.95 * random.NextDouble()));

    public TimeSpan LatencyOfWatches() => WatchesLate == TimeSpan.Zero ? Latency() : Latency() + (WatchesLate * random.NextDouble());

    /// <param name="link">Which way.</param>
    /// <param name="serve">What the world does when the call arrives.</param>
    /// <param name="refused">What the caller sees when the link is broken; nothing was done.</param>
    /// <param name="lost">What the caller sees when only the answer got lost.</param>
    /// <param name="cancellation">The caller's: it hears no more, and what is on its way arrives.</param>
    public Task<T> CallAsync<T>(Link link, Func<Task<T>> serve, Func<Task<T>> refused, Func<Task<T>> lost, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        var answer = new TaskCompletionSource<T>();
        var registration = cancellation.UnsafeRegister((_, token) => Quietly.Do(() => answer.TrySetCanceled(token)), null);
        dispatcher.Run(() => _ = CarryAsync());
        return answer.Task;

        async Task CarryAsync()
        {
            await Task.Delay(Latency(), dispatcher.Clock, CancellationToken.None);
            if (StateOf(link) == LinkState.Silent)
            {
                // Who calls a database has a limit for it; all others bring a limit of their own.
                if (link != Link.Database) return;
                await Task.Delay(s_patienceOfDatabaseClients, dispatcher.Clock, CancellationToken.None);
                Quietly.Do(() => answer.TrySetFromTask(lost()));
                return;
            }

            var outcome = StateOf(link) == LinkState.Broken ? refused() : await EndedAsync(serve());
            await Task.Delay(Latency(), dispatcher.Clock, CancellationToken.None);
            if (StateOf(link) == LinkState.Silent && link != Link.Database) return;
            if (TakesAnswer(link) || StateOf(link) != LinkState.Whole) outcome = lost();
            await registration.DisposeAsync();
            Quietly.Do(() => answer.TrySetFromTask(outcome));
        }
    }

    private static async Task<Task<T>> EndedAsync<T>(Task<T> task)
    {
        await Task.WhenAny(task);
        return task;
    }

    private bool TakesAnswer(Link link)
    {
        if (_answersToLose.GetValueOrDefault(link) is not (> 0 and var left)) return false;
        _answersToLose[link] = left - 1;
        return true;
    }
}
