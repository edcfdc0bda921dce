namespace Caphr.Actors.Kernel;

/// <summary>A step of the way down.</summary>
/// <param name="Timeout">How long its tasks may take together. Then the next phase begins, whoever is still busy.</param>
public sealed record ShutdownPhase(string Name, TimeSpan Timeout);

/// <summary>
/// The way down, in phases whose order is fixed: the tasks of one phase run together, and the next phase begins when they have ended or their time is
/// up. Nothing that a task does or fails to do keeps a later phase from its turn. It happens once, however often and by whomever it is asked for.
/// </summary>
public sealed class CoordinatedShutdown
{
    private readonly ActorSystem _system;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<ShutdownOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The phases that have not begun, each with its tasks.
    private readonly Queue<(ShutdownPhase Phase, List<ShutdownTask> Tasks)> _ahead;
    private int _begun;

    public CoordinatedShutdown(ActorSystem system, params IReadOnlyList<ShutdownPhase> phases)
    {
        _system = system;
        if (phases.DistinctBy(phase => phase.Name).Count() != phases.Count) throw new ArgumentException("Two phases have the same name.", nameof(phases));
        _ahead = new(phases.Select(phase => (phase, new List<ShutdownTask>())));
    }

    /// <summary>
    /// Has the task run in its phase. It returns at its first wait, like all asynchronous work, and its token is cancelled when the time of the phase is up.
    /// </summary>
    /// <exception cref="InvalidOperationException">The phase has begun already, or is none of this shutdown's: the task would never run.</exception>
    public void AddTask(ShutdownPhase phase, string name, Func<CancellationToken, Task> task)
    {
        lock (_gate)
        {
            var tasks = _ahead.FirstOrDefault(ahead => ahead.Phase == phase).Tasks
                ?? throw new InvalidOperationException($"'{name}' comes too late for the phase '{phase.Name}', or there is no such phase.");
            tasks.Add(new ShutdownTask(name, task));
        }
    }

    /// <summary>Begins the shutdown unless it has begun, and completes when its last phase is over. It never fails: what went wrong is in the outcome.</summary>
    public Task<ShutdownOutcome> Run(string reason)
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0) _ = RunPhases(reason);
        return _outcome.Task;
    }

    private async Task RunPhases(string reason)
    {
        var troubles = new List<ShutdownTrouble>();
        while (TryBegin(out var phase, out var tasks)) troubles.AddRange(await RunPhase(phase, tasks));
        _outcome.SetResult(new ShutdownOutcome(reason, troubles));
    }

    private bool TryBegin(out ShutdownPhase phase, out List<ShutdownTask> tasks)
    {
        lock (_gate)
        {
            var any = _ahead.TryDequeue(out var next);
            (phase, tasks) = next;
            return any;
        }
    }

    private async Task<IReadOnlyList<ShutdownTrouble>> RunPhase(ShutdownPhase phase, List<ShutdownTask> tasks)
    {
        using var timeUp = new CancellationTokenSource();
        var running = tasks.Select(task => RunTask(phase, task, timeUp.Token)).ToList();
        try
        {
            await Task.WhenAll(running).WaitAsync(phase.Timeout, _system.Clock);
        }
        catch (TimeoutException)
        {
            TellToLeaveOff(timeUp);
        }

        List<ShutdownTrouble> troubles = [];
        foreach (var (task, ending) in tasks.Zip(running))
        {
            var trouble = ending.IsCompleted ? await ending : new ShutdownTrouble.Late(phase, task.Name);
            if (trouble is null) continue;
            troubles.Add(trouble);
            _system.EventStream.Publish(trouble);
        }

        return troubles;
    }

    private static void TellToLeaveOff(CancellationTokenSource tasks)
    {
        try
        {
            tasks.Cancel();
        }
        catch (AggregateException)
        {
            // What a task does on being told is its own affair: it is late either way.
        }
    }

    private static async Task<ShutdownTrouble?> RunTask(ShutdownPhase phase, ShutdownTask task, CancellationToken timeUp)
    {
        try
        {
            await task.Run(timeUp);
        }
#pragma warning disable CA1031 // Whatever one task throws, the others and the later phases have their turn.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            // After its time it was told to leave off, and this may be how it did.
            if (!timeUp.IsCancellationRequested) return new ShutdownTrouble.Failed(phase, task.Name, cause);
        }

        return timeUp.IsCancellationRequested ? new ShutdownTrouble.Late(phase, task.Name) : null;
    }

    private sealed record ShutdownTask(string Name, Func<CancellationToken, Task> Run);
}

/// <summary>How a shutdown went. Without troubles, every task of every phase has done its work in time.</summary>
/// <param name="Reason">Why it began: the first reason given.</param>
public sealed record ShutdownOutcome(string Reason, IReadOnlyList<ShutdownTrouble> Troubles);

/// <summary>A task did not do its part. Published when its phase ends; the shutdown goes on.</summary>
public abstract record ShutdownTrouble(ShutdownPhase Phase, string Task)
{
    public sealed record Failed(ShutdownPhase Phase, string Task, Exception Cause) : ShutdownTrouble(Phase, Task);

    /// <summary>The time of the phase was up before the task was done.</summary>
    public sealed record Late(ShutdownPhase Phase, string Task) : ShutdownTrouble(Phase, Task);
}
