using System.Collections.Frozen;
using System.Text;
using Caphr.Lab.World;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Wire.Node;
using Caphr.Protocols.Talos.Wire.Runtime;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>The resources a node has, of the kinds that CAPHR reads.</summary>
internal static class NodeResources
{
    private static readonly TalosResource[] s_kinds =
        [TalosResource.MachineStatus, TalosResource.Version, TalosResource.Hostname, TalosResource.SystemDisk, TalosResource.MetaKey(0)];

    private static readonly FrozenDictionary<string, TalosResource> s_byType = s_kinds.ToFrozenDictionary(kind => kind.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>The kind's name in the state, or null where Talos has no such kind in that namespace (or the Lab has not).</summary>
    public static string? KindOf(string inNamespace, string type) =>
        s_byType.TryGetValue(type, out var kind) && kind.Namespace == inNamespace ? kind.Type.ToLowerInvariant() : null;

    public static void Fill(NodeState state, LabServer server, RunningSystem running, TalosVersion version, LabTalosFaults faults)
    {
        state.Set(TalosResource.Version, new VersionSpec { Version = version.ToString(), Name = "Talos" });
        Follow(state, server, running, faults);
        if (server.SystemDisk is not { Content: DiskContent.Talos onDisk } disk) return;
        state.Set(TalosResource.SystemDisk, new SystemDiskSpec { DiskId = disk.Name, DevPath = $"/dev/{disk.Name}" });
        foreach (var (tag, value) in onDisk.Meta) state.Set(TalosResource.MetaKey(tag), new MetaKeySpec { Value = value });
    }

    /// <summary>What changes while the node runs.</summary>
    public static void Follow(NodeState state, LabServer server, RunningSystem running, LabTalosFaults faults)
    {
        state.Set(TalosResource.MachineStatus, NodeStatus.Of(running, faults.IsOn(server, TalosFault.TimeNotInSync)));
        if (running is RunningSystem.TalosConfigured configured)
            state.Set(TalosResource.Hostname, new HostnameStatusSpec { Hostname = faults.IsOn(server, TalosFault.HostnameDrift) ? "localhost" : Hostname(server, configured.MachineConfiguration) });
    }

    public static void SetMeta(TalosNode node, byte tag, ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        node.Server.ChangeTalos(talos => talos with { Meta = talos.Meta.SetItem(tag, text) });
        node.State.Set(TalosResource.MetaKey(tag), new MetaKeySpec { Value = text });
    }

    public static string Hostname(LabServer server, string configuration) =>
        KnownConfigurations.MainOf(configuration)?.Find("machine", "network", "hostname") is YamlScalarNode { Value: { Length: > 0 } name }
            ? name
            : $"talos-{server.Description.SystemUuid[..6]}";
}
