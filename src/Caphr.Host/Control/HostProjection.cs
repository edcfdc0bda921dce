using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>What a HetznerRobotHost shows of its server.</summary>
internal static class HostProjection
{
    /// <summary>Shown as the phase of a server that a person keeps out of use.</summary>
    public const string Maintenance = "Maintenance";

    public static HetznerRobotHostStatus Of(HetznerRobotHost host, WorldView world)
    {
        // The actor has not reported yet: what is shown is the last that was known.
        if (world.Server(host) is not { } server) return host.Status;

        var state = server.State;
        var healthy = state is ServerState.Available or ServerState.Provisioned && state.Trouble is null;
        var paused = state.PausedSince is not null;
        var conditions = new ConditionSet(host.Status.Conditions, host.Metadata.Generation, MachineProjection.WholeSeconds(world.Now))
            .Set("Ready", healthy, healthy ? "Ready" : ServerWords.Reason(state), healthy ? "" : ServerWords.Steady(state))
            .Set("Available", state is ServerState.Available, state is ServerState.Available ? "Available" : state.Phase.ToString())
            .Set("Registered", state.Record is not null, state.Record is null ? ServerWords.Reason(state) : "Registered", state.Record is null ? ServerWords.Steady(state) : "")
            .Set("Paused", paused, paused ? "Paused" : "NotPaused");
        if (state.Answered.Last is { } answer) conditions.Set("RequestGranted", answer.Granted, $"{answer.Request}{(answer.Granted ? "Granted" : "Declined")}", answer.Message);

        return host.Status with
        {
            Phase = PhaseOf(host, state),
            Since = MachineProjection.WholeSeconds(state.Since == default ? host.Metadata.CreationTimestamp ?? world.Now : state.Since),
            Message = host.Metadata.BeingDeleted && host.Spec.ConsumerRef is { } consumer ? WhyItStays(host, consumer, world) : ServerWords.Message(server),
            Ready = healthy,
            Addresses = state.Record is { } record ? [new MachineAddress { Type = AddressType.ExternalIP, Address = record.Address }] : [],
            FailureDomain = state.Record?.Datacenter is { Length: > 0 } datacenter ? datacenter : null,
            Hardware = HardwareProjection.Of(host.Status.Hardware, state),
            // Evidence outlives the journal that it came from.
            LastWipe = state.LastWipe is { } wipe ? new WipeRecord { At = MachineProjection.WholeSeconds(wipe.At), Disk = HardwareProjection.Shown(wipe.Disk), Machine = wipe.Machine.ToString() } : host.Status.LastWipe,
            ObservedGeneration = host.Metadata.Generation,
            Conditions = conditions.All,
        };
    }

    /// <summary>Why one stays that is being deleted is in other objects.</summary>
    public static Ingredients? MadeOf(HetznerRobotHost host, WorldView world) => host.Metadata.BeingDeleted ? null : new Ingredients(world.Server(host));

    /// <summary>A free server that a person keeps out of use must not look free.</summary>
    private static string PhaseOf(HetznerRobotHost host, ServerState state) =>
        host.Spec.MaintenanceMode == true && MayBeKeptOut(state) ? Maintenance : state.Phase.ToString();

    /// <summary>Who has it, or what is wrong with it, says more than that nobody else is to have it.</summary>
    public static bool MayBeKeptOut(ServerState state) => state is ServerState.Available or ServerState.Registered;

    private static string WhyItStays(HetznerRobotHost host, ConsumerReference consumer, WorldView world) => world.Consumer(host) is not null
        ? $"Being deleted, and still the server of {consumer.Namespace}/{consumer.Name}: it goes when that machine has given it back."
        : $"Being deleted, and claimed by {consumer.Namespace}/{consumer.Name}, which is gone without giving it back. Nothing is done to the server.";

    /// <summary>A second object for a server that another one already stands for.</summary>
    public static HetznerRobotHostStatus OfDouble(HetznerRobotHost host, WorldView world)
    {
        var message = $"Server {host.Spec.ServerID} is already HetznerRobotHost {world.HostNumbered(host.Spec.ServerID)?.Key}; delete one of the two.";
        return host.Status with
        {
            Phase = "Duplicate",
            Since = host.Status.Phase == "Duplicate" ? host.Status.Since : MachineProjection.WholeSeconds(world.Now),
            Message = message,
            Ready = false,
            ObservedGeneration = host.Metadata.Generation,
            Conditions = new ConditionSet(host.Status.Conditions, host.Metadata.Generation, MachineProjection.WholeSeconds(world.Now)).Set("Ready", holds: false, "DuplicateServer", message).All,
        };
    }
}
