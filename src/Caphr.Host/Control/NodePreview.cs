using Caphr.Host.Effects;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Host.Control;

/// <summary>What a machine's configuration is made of as the objects are now.</summary>
internal sealed record NodePreview(NodeOrder Order, string TalosVersion)
{
    /// <summary>Null, with a sentence on what is missing.</summary>
    public static NodePreview? Of(ObjectKey name, WorldView world, out string whyNot)
    {
        if (world.InfraMachines.FirstOrDefault(one => one.Key == name) is not { } machine) return Nothing($"There is no HetznerRobotMachine {name}.", out whyNot);
        if (machine.Metadata.BeingDeleted) return Nothing($"HetznerRobotMachine {name} is being deleted.", out whyNot);
        if (Claims.NotYet(machine, world) is { } notYet) return Nothing(notYet.Message, out whyNot);
        if (world.HostOf(machine) is not { } host) return Nothing($"HetznerRobotMachine {name} has no server yet. {machine.Status.Message}".TrimEnd(), out whyNot);
        if (Claims.NotBegun(host, machine, world) is { } unfit) return Nothing(unfit, out whyNot);
        if (WishBuilder.For(host, hold: null, world).Provision is not { } plan) return Nothing($"HetznerRobotHost {host.Metadata.Name} is just being claimed for {name}.", out whyNot);
        if (plan.Bootstrap is not { } bootstrap) return Nothing($"The bootstrap provider has not written a machine configuration for {name} yet.", out whyNot);
        if (HardwareProjection.RecordIn(host.Status) is not { } record) return Nothing($"Robot has not told about server {host.Spec.ServerID} yet. {host.Status.Message}".TrimEnd(), out whyNot);
        if (HardwareProjection.InstallDiskIn(host.Status) is not { } disk || host.Status.Hardware?.PrimaryMAC is not { } mac)
            return Nothing($"Server {host.Spec.ServerID} has not been inspected yet: its disk and its network card are known when the installation begins.", out whyNot);

        whyNot = "";
        return new NodePreview(new NodeOrder(new(host.Spec.ServerID), record, disk, mac, plan.ProviderId, bootstrap, plan.Node), plan.TalosVersion);
    }

    private static NodePreview? Nothing(string why, out string whyNot)
    {
        whyNot = why;
        return null;
    }
}
