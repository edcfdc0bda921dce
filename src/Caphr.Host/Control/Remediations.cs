using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// HetznerRobotRemediations: what each asks of a server, what it shows, and what its Machine is told when no reset has helped. A MachineHealthCheck
/// makes the request and takes it back when the node is well, so nothing here decides on the node's health.
/// </summary>
internal static class Remediations
{
    private const string OwnerRemediated = "OwnerRemediated";
    private const string WaitingForRemediation = "WaitingForRemediation";

    /// <summary>Null: nothing is to be repaired.</summary>
    public static RepairOrder? OrderFor(HetznerRobotMachine machine, WorldView world) =>
        world.RequestFor(machine) is { Metadata: { BeingDeleted: false, Uid: { } uid } } request
        && world.OwnerOf(machine) is { Metadata.BeingDeleted: false }
        && !machine.Metadata.BeingDeleted
        // A pause begins nothing, and breaks off nothing.
        && (!request.Metadata.CarriesPause() || (world.HostOf(machine) is { } host && world.Server(host)?.State.Answered.Repair == uid))
            ? new RepairOrder(uid, RepairCause.HealthCheck, request.Spec.Strategy.RetryLimit ?? 1, Durations.Of(request.Spec.Strategy.Timeout) ?? TimeSpan.FromMinutes(10))
            : null;

    public static HetznerRobotRemediationStatus StatusOf(HetznerRobotRemediation request, WorldView world)
    {
        var machine = world.MachineOf(request);
        var host = machine is null ? null : world.HostOf(machine);
        var state = host is null ? null : world.Server(host)?.State;
        // Another replica's server, or one that has not reported yet: what is shown is the last that was known.
        if (host is not null && state is null) return request.Status;

        var paused = request.Metadata.CarriesPause() || (machine is not null && WishBuilder.IsPaused(machine, world));
        var (phase, reason, message) = paused ? (request.Status.Phase, "Paused", "Paused: nothing is started.") : Judge(request, machine, state, world);
        var repairing = state as ServerState.Repairing;
        var now = MachineProjection.WholeSeconds(world.Now);
        return request.Status with
        {
            Phase = phase,
            RetryCount = repairing?.Tally.Resets ?? request.Status.RetryCount,
            LastRemediated = repairing is { Stage: RepairStage.Watching or RepairStage.Returned, Until: { } until } ? MachineProjection.WholeSeconds(until - repairing.Order.Wait) : request.Status.LastRemediated,
            WaitUntil = repairing is { Stage: RepairStage.Watching or RepairStage.Returned, Until: { } end } ? MachineProjection.WholeSeconds(end) : null,
            HostRef = host is null ? request.Status.HostRef : new HostReference { Name = host.Metadata.Name },
            Message = message,
            ObservedGeneration = request.Metadata.Generation,
            Conditions = new ConditionSet(request.Status.Conditions, request.Metadata.Generation, now)
                .Set("Succeeded", phase == RemediationPhase.Succeeded, reason, message)
                .Set("Paused", paused, paused ? "Paused" : "NotPaused")
                .All,
        };
    }

    /// <summary>What its Machine must be told, or null.</summary>
    public static Write? WriteFor(HetznerRobotRemediation request, WorldView world)
    {
        if (world.OwnerOf(request) is not { Metadata.BeingDeleted: false } owner || world.MachineOf(request) is not { } machine || WishBuilder.IsPaused(machine, world)) return null;
        var host = world.HostOf(machine);
        var state = host is null ? null : world.Server(host)?.State;
        // Not reported yet, or another replica's: that says nothing about the node.
        if (host is not null && state is null) return null;
        // Nobody else takes this request of a person away, and while it stands the Machine counts as unhealthy.
        if (owner.Metadata.Annotations.ContainsKey(ClusterApi.RemediateMachineAnnotation) && state is ServerState.Repairing { Stage: RepairStage.Returned })
        {
            return Write.Annotation(owner, ClusterApi.RemediateMachineAnnotation, value: null, "remediate-machine annotation");
        }

        return Judge(request, machine, state, world) is (RemediationPhase.Escalated, _, var why) && !owner.Status.Conditions.Any(condition => condition is { Type: OwnerRemediated, Status: "False" })
            ? new Write.Of<Machine>(owner, Escalation(owner, why, world.Now), Status: true, "escalation")
            : null;
    }

    private static (RemediationPhase? Phase, string Reason, string Message) Judge(HetznerRobotRemediation request, HetznerRobotMachine? machine, ServerState? state, WorldView world) => state switch
    {
        _ when world.OwnerOf(request) is null or { Metadata.BeingDeleted: true } || machine is null or { Metadata.BeingDeleted: true } =>
            (RemediationPhase.Skipped, "MachineDeleting", "Its Machine is gone or being deleted, so nothing is repaired."),
        // To replace it would only send it back to the end of the queue.
        null when machine.Spec.ProviderID is not { Length: > 0 } => (RemediationPhase.Skipped, "NoServer", "The Machine still waits for a server, so there is nothing to repair."),
        null => (RemediationPhase.Escalated, "NoServer", "The Machine's server has no HetznerRobotHost any more, so it cannot be reset. Its owner is asked to replace it."),
        ServerState.Failed failed => (RemediationPhase.Escalated, failed.Reason, $"{failed.Message} The Machine's owner is asked to replace it."),
        ServerState.Repairing { Order.Cause: RepairCause.Person } => (RemediationPhase.Waiting, "PersonRepairs", "A person has had the node restarted; waiting for the end of that."),
        ServerState.Repairing { Stage: RepairStage.Preparing, Trouble: { } trouble } => (RemediationPhase.Running, trouble.Reason, trouble.Message),
        ServerState.Repairing { Stage: RepairStage.Preparing } => (RemediationPhase.Running, "Beginning", "About to reset the server."),
        ServerState.Repairing { Stage: RepairStage.Pressing } => (RemediationPhase.Running, "Resetting", "Resetting the server."),
        ServerState.Repairing { Stage: RepairStage.Returned } => (RemediationPhase.Waiting, "NodeReturned", "The node is back under its cluster's certificates; waiting for the health check to find it well."),
        ServerState.Repairing repairing => (RemediationPhase.Waiting, "WaitingForNode", string.Create(
            CultureInfo.InvariantCulture, $"Reset {repairing.Tally.Resets} of {repairing.Order.Resets}; waiting for the node to come back until {repairing.Until:HH:mm:ss} UTC.")),
        ServerState.EnteringRescue { Purpose: Purpose.Diagnose } or ServerState.InRescue { Purpose: Purpose.Diagnose } =>
            (RemediationPhase.Running, "Diagnosing", "No reset has helped; the rescue system is asked what is wrong."),
        ServerState.Provisioned when state.Answered.Repair == request.Metadata.Uid => (RemediationPhase.Succeeded, "Repaired", "The repair is over."),
        ServerState.Provisioned { Trouble: { } trouble } => (RemediationPhase.Running, trouble.Reason, trouble.Message),
        ServerState.Provisioned => (RemediationPhase.Running, "Beginning", "About to reset the server."),
        ServerState.Joining { Plan.AlreadyNode: true } adopted when world.Now - adopted.Since >= Limits.JoinTimeout =>
            (RemediationPhase.Escalated, "JoinTimedOut", "The node has not proven itself since this journal knows of it, so it is not known whether a reset could help. Its owner is asked to replace it."),
        _ => (RemediationPhase.Skipped, "ServerAtWork", $"The server is {state.Phase}: what is being installed or given back is never reset for this."),
    };

    /// <summary>In both families of conditions: owners of the older contract read only the older one.</summary>
    private static JsonObject Escalation(Machine owner, string why, DateTimeOffset at)
    {
        var now = MachineProjection.WholeSeconds(at);
        var conditions = new ConditionSet(owner.Status.Conditions, owner.Metadata.Generation, now).Set(OwnerRemediated, "False", WaitingForRemediation, why).All;
        var older = new MachineV1Beta1Condition { Type = OwnerRemediated, Status = "False", Severity = "Warning", LastTransitionTime = now, Reason = WaitingForRemediation, Message = why };
        var olders = (owner.Status.Deprecated?.V1beta1?.Conditions ?? []).Where(condition => condition.Type != OwnerRemediated).Append(older).ToList();
        return new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["conditions"] = JsonSerializer.SerializeToNode(conditions, KubernetesJson.Options),
                ["deprecated"] = new JsonObject { ["v1beta1"] = new JsonObject { ["conditions"] = JsonSerializer.SerializeToNode(olders, KubernetesJson.Options) } },
            },
        };
    }
}
