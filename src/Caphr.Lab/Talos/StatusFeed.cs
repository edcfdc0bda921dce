using Caphr.Protocols.Talos.Wire.Runtime;

namespace Caphr.Lab.Talos;

/// <summary>A node's status now, and a task that ends when it changes.</summary>
internal sealed class StatusFeed(MachineStatusSpec first)
{
    private readonly Lock _gate = new();
    private MachineStatusSpec _status = first;
    private int _revision = 1;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public (MachineStatusSpec Status, int Revision, Task Changed) Now
    {
        get { lock (_gate) return (_status, _revision, _changed.Task); }
    }

    public void Set(MachineStatusSpec status)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (status.Equals(_status)) return;
            _status = status;
            _revision = checked(_revision + 1);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
