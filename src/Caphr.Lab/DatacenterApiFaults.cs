using Caphr.Lab.Kubernetes;
using Caphr.Lab.World.Faults;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab;

/// <summary>Brings the faults of the Kubernetes API to where all others are planned.</summary>
internal sealed class DatacenterApiFaults(LabKubernetes kubernetes) : IFaultyPart
{
    private readonly Lock _gate = new();
    private IDisposable? _partition;

    public IEnumerable<LabFault> Standing
    {
        get
        {
            lock (_gate) return _partition is null ? [] : [new LabFault.OfApi(ApiFault.Partition)];
        }
    }

    public bool TryBreak(LabFault fault)
    {
        if (fault is not LabFault.OfApi(var kind, var times)) return false;
        switch (kind)
        {
            case ApiFault.Partition:
                lock (_gate) _partition ??= kubernetes.Faults.CutNetwork();
                break;
            case ApiFault.WatchesDropped:
                kubernetes.Faults.DropWatches();
                break;
            case ApiFault.HistoryForgotten:
                kubernetes.CompactHistory();
                break;
            case ApiFault.Conflicts:
                kubernetes.Faults.AnswerNext(times, 409, (method, _) => method != HttpMethods.Get);
                break;
            case ApiFault.Overloaded:
                kubernetes.Faults.AnswerNext(times, 429, retryAfter: TimeSpan.FromSeconds(1));
                break;
            case ApiFault.Unavailable:
                kubernetes.Faults.AnswerNext(times, 503);
                break;
        }

        return true;
    }

    /// <summary>What was to be answered to the next requests stays planned: only a partition has an end of its own.</summary>
    public bool TryHeal(LabFault fault)
    {
        if (fault is not LabFault.OfApi) return false;
        lock (_gate)
        {
            _partition?.Dispose();
            _partition = null;
        }

        return true;
    }
}
