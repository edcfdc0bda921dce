using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>How many Machines there are of some, and how many of them are of use.</summary>
internal static class ReplicaCount
{
    public static ReplicaStatus Of(LabelSelector selector, ObjectMeta metadata, IReadOnlyCollection<CoreMachine> machines, IReadOnlyCollection<CoreMachine> current) => new()
    {
        Selector = selector.Text(),
        Replicas = machines.Count,
        ReadyReplicas = Ready(machines),
        // There is no minReadySeconds here: who is ready is available.
        AvailableReplicas = Ready(machines),
        UpToDateReplicas = current.Count,
        ObservedGeneration = metadata.Generation,
    };

    public static int Ready(IEnumerable<CoreMachine> machines) => machines.Count(machine => machine.Ready && !machine.Metadata.BeingDeleted);
}
