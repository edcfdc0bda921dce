using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Actors.Tests.Sharding;

/// <summary>
/// One process of several on the same virtual clock. It can be frozen between any two of its steps, as by SIGSTOP or a long collection, while
/// the world goes on; what would have run meanwhile runs when it is thawed.
/// </summary>
internal sealed class SimulatedProcess(DeterministicDispatcher world) : SynchronizationContext, IDispatcher
{
    private readonly List<Action> _held = [];
    private bool _isFrozen;

    public int Throughput => 1;

    /// <summary>A killed process is frozen for ever.</summary>
    public void Freeze() => _isFrozen = true;

    public void Thaw()
    {
        _isFrozen = false;
        foreach (var action in _held) ((SynchronizationContext)world).Post(_ => Step(action), null);
        _held.Clear();
    }

    public void Run(Action action) => world.Run(() => Step(action));

    public void Schedule(IThreadPoolWorkItem turn) => Later(turn.Execute);

    public override void Post(SendOrPostCallback d, object? state) => Later(() => d(state));

    public override SynchronizationContext CreateCopy() => this;

    private void Later(Action action) => ((SynchronizationContext)world).Post(_ => Step(action), null);

    private void Step(Action action)
    {
        if (_isFrozen)
        {
            _held.Add(action);
            return;
        }

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
}
