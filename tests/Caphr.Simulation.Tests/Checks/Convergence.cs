using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>Whether everything that was wanted has come about, or says why not; and if neither, what is missing, in words.</summary>
internal static class Convergence
{
    private static readonly string[] s_restful = [nameof(ServerPhase.Available), nameof(ServerPhase.Provisioned), nameof(ServerPhase.Failed), nameof(ServerPhase.Quarantined), "Maintenance"];

    /// <summary>Null: at rest.</summary>
    public static string? WhyNot(SimulatedWorld world)
    {
        var mirror = world.Watch.Mirror;
        mirror.CatchUp();
        return mirror.Hosts.Select(Pending).Concat(mirror.Machines.Select(machine => Pending(machine, mirror))).FirstOrDefault(why => why is not null);
    }

    private static string? Pending(HetznerRobotHost host)
    {
        if (!s_restful.Contains(host.Status.Phase)) return $"{host.Metadata.Name} is {host.Status.Phase ?? "not seen yet"}: {host.Status.Message}";
        if (host.Status.Phase is nameof(ServerPhase.Failed) or nameof(ServerPhase.Quarantined) && string.IsNullOrWhiteSpace(host.Status.Message)) return $"{host.Metadata.Name} is {host.Status.Phase} and does not say why.";
        if (host.Status.Phase == nameof(ServerPhase.Available) && host.Spec.ConsumerRef is { } consumer) return $"{host.Metadata.Name} is claimed by {consumer.Name}, and its server has not begun.";
        return null;
    }

    private static string? Pending(HetznerRobotMachine machine, Mirror mirror)
    {
        if (machine.Metadata.BeingDeleted) return MayStay(machine, mirror) ? null : $"{machine.Metadata.Name} is being deleted: {machine.Status.Message}";
        if (machine.Status.Ready == true) return null;
        if (machine.Status.Phase is nameof(ServerPhase.Failed) && machine.Status.Message is { Length: > 0 }) return null;
        // Who waits for a server when there is none says so, and that is all that can be done.
        if (machine.Status.HostRef is null && machine.Status.Message is { Length: > 0 } && !mirror.Hosts.Any(host => host.Status.Phase == nameof(ServerPhase.Available))) return null;
        return $"{machine.Metadata.Name} is {machine.Status.Phase ?? "not seen yet"}: {machine.Status.Message}";
    }

    /// <summary>A server that cannot be given back in order keeps its machine until a person has looked at it.</summary>
    private static bool MayStay(HetznerRobotMachine machine, Mirror mirror) =>
        mirror.Hosts.Any(host => Mirror.IsClaimedBy(host, machine) && host.Status is { Phase: nameof(ServerPhase.Failed), Message.Length: > 0 });
}
