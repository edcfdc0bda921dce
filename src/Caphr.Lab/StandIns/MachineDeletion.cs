using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>
/// How core takes a Machine away, one step after the other: hooks before the drain, drain, volumes, hooks before the end, infrastructure,
/// bootstrap, Node, finalizer. The bootstrap Secret stays readable while the infrastructure goes.
/// </summary>
internal static class MachineDeletion
{
    private const string PreDrainHook = "pre-drain.delete.hook.machine.cluster.x-k8s.io/";
    private const string PreTerminateHook = "pre-terminate.delete.hook.machine.cluster.x-k8s.io/";
    private const string NoDrain = "machine.cluster.x-k8s.io/exclude-node-draining";
    private const string NoVolumeDetach = "machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach";
    private const string HookReason = "WaitingForPreTerminateHook";

    public static IEnumerable<Write> Plan(CoreMachine machine, Observed observed)
    {
        var step = Next(machine, observed);
        // The last step is one more write to the Machine, and two of the same version would refuse each other.
        if (step is { IsLast: false } && Say(machine, step, observed) is { } status) yield return status;
        foreach (var write in step.Writes) yield return write;
    }

    private static Step Next(CoreMachine machine, Observed observed)
    {
        var infra = observed.InfraOf(machine);
        if (IsHooked(machine, PreDrainHook)) return new Step("WaitingForPreDrainHook", []);
        if (LeavingNode(machine, infra, observed) is { } node && (Drain(machine, node, observed) ?? Detach(machine, node, observed)) is { } leaving) return leaving;
        if (IsHooked(machine, PreTerminateHook)) return new Step(HookReason, []);
        if (infra is not null) return new Step("WaitingForInfrastructureDeletion", infra.Metadata.BeingDeleted ? [] : [new Write.Delete<HetznerRobotMachine>(infra)]);
        if (observed.BootstrapOf(machine) is { } bootstrap)
            return new Step("WaitingForBootstrapDeletion", bootstrap.Metadata.BeingDeleted ? [] : [new Write.Delete<TalosConfig>(bootstrap)]);
        if (observed.NodeOf(machine) is { } left) return new Step("DeletingNode", [new Write.Delete<Node>(left)]);
        return new Step("DeletionCompleted", Owners.LetGo(machine, CoreNames.MachineFinalizer)) { IsLast = true };
    }

    /// <returns>
    /// Null when nothing is to be done about the Node: there is none, its whole cluster goes, its server is on its way out already, or the
    /// hooks that come after the drain have been waited for, after which core drains no more.
    /// </returns>
    private static Node? LeavingNode(CoreMachine machine, HetznerRobotMachine? infra, Observed observed)
    {
        if (infra is null or { Metadata.BeingDeleted: true } || observed.ClusterOf(machine) is null or { Metadata.BeingDeleted: true }) return null;
        return machine.Status.Conditions.Any(condition => condition is { Type: "Deleting", Reason: HookReason }) ? null : observed.NodeOf(machine);
    }

    private static Step? Drain(CoreMachine machine, Node node, Observed observed)
    {
        if (machine.Metadata.Annotations.ContainsKey(NoDrain)) return null;
        var since = machine.Status.Deletion?.NodeDrainStartTime ?? observed.Now;
        if (IsOver(since, machine.Spec.Deletion?.NodeDrainTimeoutSeconds, observed)) return null;
        var pods = observed.Pods.Where(pod => pod.Spec.NodeName == node.Metadata.Name && !pod.StaysThroughDrains).ToList();
        // A kubelet that does not answer never says that its pods are gone.
        if (node.Ready == "Unknown") pods.RemoveAll(pod => pod.Metadata.BeingDeleted);
        if (pods.Count == 0 && node.Spec.Unschedulable == true) return null;

        List<Write> writes = [.. pods.Where(pod => !pod.Metadata.BeingDeleted).Select(pod => new Write.Delete<Pod>(pod))];
        if (node.Spec.Unschedulable != true) writes.Insert(0, new Write.Change<Node>(node, new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = true } }));
        return new Step("DrainingNode", writes) { Progress = Progress(machine) with { NodeDrainStartTime = since } };
    }

    private static Step? Detach(CoreMachine machine, Node node, Observed observed)
    {
        if (machine.Metadata.Annotations.ContainsKey(NoVolumeDetach) || node.Status.VolumesAttached.Count == 0) return null;
        var since = machine.Status.Deletion?.WaitForNodeVolumeDetachStartTime ?? observed.Now;
        if (IsOver(since, machine.Spec.Deletion?.NodeVolumeDetachTimeoutSeconds, observed)) return null;
        return new Step("WaitingForVolumeDetach", []) { Progress = Progress(machine) with { WaitForNodeVolumeDetachStartTime = since } };
    }

    private static bool IsOver(DateTimeOffset since, int? limitSeconds, Observed observed) =>
        limitSeconds is > 0 and var limit && observed.IsOver(since, TimeSpan.FromSeconds(limit));

    private static bool IsHooked(CoreMachine machine, string hook) => machine.Metadata.Annotations.Keys.Any(key => key.StartsWith(hook, StringComparison.Ordinal));

    private static MachineDeletionProgress Progress(CoreMachine machine) => machine.Status.Deletion ?? new MachineDeletionProgress();

    private static Write? Say(CoreMachine machine, Step step, Observed observed) => Status.Become(machine, machine.Status, machine.Status with
    {
        Phase = "Deleting",
        Deletion = step.Progress ?? machine.Status.Deletion,
        Conditions = machine.Status.Conditions.With("Deleting", holds: true, step.Reason, "", observed.Now),
    });

    private sealed record Step(string Reason, IEnumerable<Write> Writes)
    {
        public bool IsLast { get; init; }

        /// <summary>Null: as it was.</summary>
        public MachineDeletionProgress? Progress { get; init; }
    }
}
