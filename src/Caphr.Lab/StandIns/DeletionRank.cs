using Caphr.Lab.StandIns.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>
/// Which Machine of a set goes first: one that goes already, one that somebody marked, one that is not well, and then by the set's order.
/// The last word has the name, so that a plan made twice from the same state takes the same Machines.
/// </summary>
internal sealed class DeletionRank(DeletionOrder order) : IComparer<CoreMachine>
{
    public int Compare(CoreMachine? x, CoreMachine? y)
    {
        var byUrgency = Urgency(y!).CompareTo(Urgency(x!));
        if (byUrgency != 0) return byUrgency;
        var byAge = order == DeletionOrder.Random ? 0 : Nullable.Compare(x!.Metadata.CreationTimestamp, y!.Metadata.CreationTimestamp);
        if (byAge != 0) return order == DeletionOrder.Oldest ? byAge : -byAge;
        return string.CompareOrdinal(x!.Metadata.Name, y!.Metadata.Name);
    }

    private static int Urgency(CoreMachine machine) => machine switch
    {
        { Metadata.BeingDeleted: true } => 3,
        _ when machine.Metadata.Annotations.ContainsKey(CoreNames.DeleteMachineAnnotation) => 2,
        _ when machine.Status.NodeRef is null || machine.Is("NodeReady", "False") || machine.Is("HealthCheckSucceeded", "False") => 1,
        _ => 0,
    };
}
