using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>What a HetznerRobotMachine shows: its server's standing, or what it still waits for.</summary>
internal static class MachineProjection
{
    public static HetznerRobotMachineStatus Of(HetznerRobotMachine machine, WorldView world, Allotment? allotment)
    {
        var host = world.HostOf(machine);
        var server = host is null ? null : world.Server(host);
        // The actor has not reported yet, as after a restart: what is shown is the last that was known.
        if (host is not null && server is null) return machine.Status;
        // Until the actor has taken up the claim, its own standing is not about this machine.
        if (host is null
            || server?.State is not ServerState.Held held
            || held.Plan.Claim.MachineUid != host.Spec.ConsumerRef?.Uid
            || (held is ServerState.Claimed && Claims.NotBegun(host, machine, world) is not null))
            return Waiting(machine, host, world, allotment);

        var provisioned = held is ServerState.Provisioned;
        var reason = held is ServerState.Claimed { Trouble: null, Plan.Bootstrap: null } ? "WaitingForBootstrapData" : ServerWords.Reason(held);
        var conditions = Conditions(machine, world)
            .Set("HostAssociated", holds: true, "HostAssociated", $"HetznerRobotHost {host.Metadata.Name}, server {host.Spec.ServerID}.")
            .Set("BootstrapDataReady", held.Plan.Bootstrap is not null, held.Plan.Bootstrap is null ? "WaitingForBootstrapData" : "BootstrapDataReady", held.Plan.Bootstrap is null ? ServerWords.Doing(held) : "")
            .Set("Provisioned", provisioned, provisioned ? "Provisioned" : reason, provisioned ? "" : ServerWords.Steady(held));

        return machine.Status with
        {
            Initialization = provisioned ? new Initialization { Provisioned = true } : machine.Status.Initialization,
            Ready = provisioned,
            Addresses = provisioned || machine.Status.Initialization?.Provisioned == true ? Addresses(server.State.Record) : [],
            FailureDomain = server.State.Record?.Datacenter is { Length: > 0 } datacenter ? datacenter : null,
            HostRef = new HostReference { Name = host.Metadata.Name },
            Phase = held.Phase.ToString(),
            Since = WholeSeconds(held.Since),
            Message = ServerWords.Message(server),
            Next = NextWords.Of(held),
            Advice = provisioned && !machine.Metadata.BeingDeleted ? null : Remedies.For(HetznerRobotMachine.Resource.Kind, reason),
            ObservedGeneration = machine.Metadata.Generation,
            Conditions = Summary(conditions, machine, provisioned, reason, ServerWords.Steady(held)).All,
        };
    }

    /// <summary>Of one that is provisioned, as nearly all are; what is not is on its way, or waits for something that may be anywhere.</summary>
    public static Ingredients? MadeOf(HetznerRobotMachine machine, WorldView world) =>
        !machine.Metadata.BeingDeleted && world.HostOf(machine) is { } host && world.Server(host) is { State: ServerState.Provisioned } server
            ? new Ingredients(server, host, WishBuilder.IsPaused(machine, world))
            : null;

    private static HetznerRobotMachineStatus Waiting(HetznerRobotMachine machine, HetznerRobotHost? host, WorldView world, Allotment? allotment)
    {
        var (phase, reason, message, next) = WaitsFor(machine, host, world, allotment);
        var conditions = Conditions(machine, world).Set("HostAssociated", host is not null, host is null ? reason : "HostAssociated", host is null ? message : $"HetznerRobotHost {host.Metadata.Name}.");
        return machine.Status with
        {
            Ready = false,
            HostRef = host is not null ? new HostReference { Name = host.Metadata.Name } : world.IsHeld(machine) ? machine.Status.HostRef : null,
            Phase = phase,
            Since = machine.Status.Phase == phase && machine.Status.Since is { } since ? since : WholeSeconds(world.Now),
            Message = message,
            Next = next,
            Advice = Remedies.For(HetznerRobotMachine.Resource.Kind, reason),
            ObservedGeneration = machine.Metadata.Generation,
            Conditions = Summary(conditions, machine, ready: false, reason, message).All,
        };
    }

    private static (string Phase, string Reason, string Message, string? Next) WaitsFor(HetznerRobotMachine machine, HetznerRobotHost? host, WorldView world, Allotment? allotment)
    {
        if (machine.Metadata.BeingDeleted)
        {
            return WishBuilder.MayRelease(machine, world)
                ? ("Deleting", "Deleting", "Giving the server back.", null)
                : ("Deleting", "WaitingForMachineDeletion", "Its Machine is not being deleted, so the server is kept running. Delete the Machine instead.", null);
        }

        if (WishBuilder.IsPaused(machine, world)) return ("Waiting", "Paused", "Paused: nothing is started.", "It goes on when the pause is lifted.");
        if (Claims.NotYet(machine, world) is { } missing) return ("Waiting", missing.Reason, missing.Message, "A server is chosen as soon as that has changed.");
        if (host is not null && Claims.NotBegun(host, machine, world) is { } unfit) return ("Waiting", "InvalidSpec", unfit, "The server is begun with as soon as that is mended.");
        if (host is not null) return ("Claimed", "Claimed", $"HetznerRobotHost {host.Metadata.Name} is claimed.", null);
        return allotment is Allotment.Nothing nothing
            ? ("Waiting", "NoHostAvailable", nothing.Why, "It keeps its place in the queue, and takes the first server that fits.")
            : ("Waiting", "WaitingForHost", "A server is being claimed.", null);
    }

    private static ConditionSet Conditions(HetznerRobotMachine machine, WorldView world)
    {
        var paused = WishBuilder.IsPaused(machine, world);
        return new ConditionSet(machine.Status.Conditions, machine.Metadata.Generation, WholeSeconds(world.Now)).Set("Paused", paused, paused ? "Paused" : "NotPaused");
    }

    private static ConditionSet Summary(ConditionSet conditions, HetznerRobotMachine machine, bool ready, string reason, string message) => machine.Metadata.BeingDeleted
        ? conditions.Set("Deleting", holds: true, "Deleting", message).Set("Ready", holds: false, "Deleting", message)
        : conditions.Set("Ready", ready, ready ? "Ready" : reason, ready ? "" : message);

    /// <summary>Only where the Talos API was seen to answer: the control plane provider dials every address that is published.</summary>
    private static IReadOnlyList<MachineAddress> Addresses(ServerRecord? record) =>
        record is null ? [] : [new MachineAddress { Type = AddressType.ExternalIP, Address = record.Address }];

    internal static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
