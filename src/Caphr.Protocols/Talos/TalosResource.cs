using Caphr.Protocols.Talos.Wire.Node;
using Caphr.Protocols.Talos.Wire.Runtime;
using Google.Protobuf;

namespace Caphr.Protocols.Talos;

/// <summary>Where a resource of Talos' state is found.</summary>
public record TalosResource(string Namespace, string Type, string Id)
{
    public static readonly TalosResource<MachineStatusSpec> MachineStatus = new("runtime", "MachineStatuses.runtime.talos.dev", "machine", MachineStatusSpec.Parser);

    public static readonly TalosResource<VersionSpec> Version = new("runtime", "Versions.runtime.talos.dev", "version", VersionSpec.Parser);

    public static readonly TalosResource<HostnameStatusSpec> Hostname = new("network", "HostnameStatuses.net.talos.dev", "hostname", HostnameStatusSpec.Parser);

    public static readonly TalosResource<SystemDiskSpec> SystemDisk = new("runtime", "SystemDisks.block.talos.dev", "system-disk", SystemDiskSpec.Parser);

    /// <summary>A tag of the META partition, by its number.</summary>
    public static TalosResource<MetaKeySpec> MetaKey(byte tag) => new("runtime", "MetaKeys.runtime.talos.dev", $"0x{tag:x2}", MetaKeySpec.Parser);
}

/// <summary>And how what is found there is read.</summary>
public sealed record TalosResource<T>(string Namespace, string Type, string Id, MessageParser<T> Spec) : TalosResource(Namespace, Type, Id)
    where T : class, IMessage<T>;
