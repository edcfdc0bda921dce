namespace Caphr.Actors.Kernel.Simulation;

/// <summary>
/// Runs actors and the asynchronous work they pipe on one thread and a virtual clock. What runs next is drawn from everything that is ready, one
/// message at a time, so one seed is one interleaving. It is also the synchronisation context of all that runs in it: what awaits a virtual
/// timer or a completed source continues here and not on the thread pool.
/// </summary>
public sealed class DeterministicDispatcher(VirtualClock clock, Random random) : SynchronizationContext, IDispatcher
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _ready = [];
    private string? _violation;

    public int Throughput => 1;

    public VirtualClock Clock => clock;

    public void Schedule(IThreadPoolWorkItem turn) => Add(turn.Execute);

    public override void Post(SendOrPostCallback d, object? state) => Add(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => Run(() => d(state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the caller's code as part of the simulation, so that what it awaits continues here.</summary>
    public void Run(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs everything that can run without time passing.</summary>
    public void RunUntilIdle()
    {
        while (TryRunOne()) { }
    }

    /// <summary>Lets this much time pass, and everything happen that happens in it.</summary>
    public void RunFor(TimeSpan span)
    {
        var until = clock.Elapsed + span;
        do RunUntilIdle();
        while (Fire(until));
    }

    /// <summary>Runs until the condition holds. False when it did not within the limit, or when nothing is left that could bring it about.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var until = clock.Elapsed + limit;
        while (!condition())
        {
            if (TryRunOne()) continue;
            if (clock.NextDue() is not { } due || due > until) return false;
            Fire(until);
        }

        return true;
    }

    private bool Fire(TimeSpan until)
    {
        var fired = false;
        Run(() => fired = clock.MoveToNext(until));
        return fired;
    }

    private bool TryRunOne()
    {
        if (_violation is not null) throw new InvalidOperationException(_violation);
        if (_ready.Count == 0) return false;
        // Order among what is ready is nobody's promise, so the last may take the place of the one drawn.
        var drawn = random.Next(_ready.Count);
        var action = _ready[drawn];
        _ready[drawn] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Run(action);
        return true;
    }

    private void Add(Action action)
    {
        // Thrown where the simulation runs, because on a foreign thread nobody would see it.
        if (Environment.CurrentManagedThreadId != _thread) _violation = "Something in the simulation continued on another thread, so its seed no longer decides what happens.";
        else _ready.Add(action);
    }
}
