using System.Text.Json.Serialization;

namespace Caphr.Protocols.MachineConfig;

/// <summary>What only CAPHR knows about the server a configuration is for. What is null or empty is not placed.</summary>
public sealed record HardwareFacts
{
    public InstallDisk? InstallDisk { get; init; }

    /// <summary>Given instead of <see cref="InstallDisk"/>: Talos installs to both disks at once.</summary>
    public BootMirror? BootMirror { get; init; }

    /// <summary>By which the Kubernetes node and the Machine find each other, for example <c>hetzner-robot://2938101</c>.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The permanent MAC address of the card that carries the public addresses and the VLAN.</summary>
    public string? PrimaryMac { get; init; }

    public PublicIpv4? Ipv4 { get; init; }

    /// <summary>The routed network, such as <c>2001:db8:1:2::/64</c>, of which the server takes the first address; or the address it is to take, as <c>2001:db8:1:2::2/64</c>.</summary>
    public string? Ipv6 { get; init; }

    public PrivateVlan? Vlan { get; init; }

    /// <summary>Of which families the node's addresses are, the preferred one first. Empty: as Talos finds best, but in the VLAN if there is one.</summary>
    public IReadOnlyList<IpFamily> NodeFamilies { get; init; } = [];

    public string? Hostname { get; init; }

    public IReadOnlyList<string> Resolvers { get; init; } = [];

    public IReadOnlyList<string> TimeServers { get; init; } = [];

    public SharedSecrets? SharedSecrets { get; init; }

    /// <summary>How much of the system disk Talos may take for itself, such as <c>100GiB</c>.</summary>
    public string? EphemeralSize { get; init; }

    public IReadOnlyList<DataVolume> DataVolumes { get; init; } = [];

    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();
}

/// <summary>A disk by what stays the same when rescue and Talos give it different names.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "by")]
[JsonDerivedType(typeof(ByWwn), "wwn")]
[JsonDerivedType(typeof(BySerial), "serial")]
[JsonDerivedType(typeof(ByPath), "path")]
public abstract record InstallDisk
{
    private InstallDisk() { }

    /// <summary>World-wide name as the rescue system's <c>lsblk</c> prints it (<c>eui.…</c>, <c>0x…</c>) or as Talos does (<c>naa.…</c>).</summary>
    public sealed record ByWwn(string Wwn) : InstallDisk;

    public sealed record BySerial(string Serial) : InstallDisk;

    /// <summary>A path that Talos knows too, best one below <c>/dev/disk/by-id</c>.</summary>
    public sealed record ByPath(string Path) : InstallDisk;
}

/// <summary>Two or more disks, by world-wide name, that hold the system together.</summary>
public sealed record BootMirror(IReadOnlyList<string> Wwns);

/// <summary>
/// The main address and its gateway as Robot tells them, or DHCP. Static is what Hetzner's switches want: DHCP hands out a prefix whose
/// neighbours cannot be reached directly.
/// </summary>
public sealed record PublicIpv4
{
    public bool Dhcp { get; init; }

    public string? Address { get; init; }

    public string? Gateway { get; init; }
}

/// <summary>The server's place in the private network (vSwitch).</summary>
public sealed record PrivateVlan
{
    /// <summary>What a vSwitch carries at most.</summary>
    public const int VswitchMtu = 1400;

    public required int Id { get; init; }

    public required string Address { get; init; }

    public int PrefixLength { get; init; } = 24;

    public int Mtu { get; init; } = VswitchMtu;

    public IReadOnlyList<StaticRoute> Routes { get; init; } = [];
}

public sealed record StaticRoute(string Network, string Gateway);

[JsonConverter(typeof(JsonStringEnumConverter<IpFamily>))]
public enum IpFamily
{
    IPv4,
    IPv6,
}

/// <summary>A part of a disk for other uses than Talos' own.</summary>
public sealed record DataVolume
{
    public required string Name { get; init; }

    public DataVolumeKind Kind { get; init; }

    /// <summary>Talos' expression over <c>disk</c> and <c>system_disk</c> that says on which disk.</summary>
    public string DiskMatch { get; init; } = "system_disk";

    public string? MinSize { get; init; }

    public string? MaxSize { get; init; }

    /// <summary>Of a formatted volume; Talos' own choice if empty.</summary>
    public string? Filesystem { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<DataVolumeKind>))]
public enum DataVolumeKind
{
    /// <summary>An empty partition, as storage systems want it.</summary>
    Raw,

    /// <summary>Formatted and mounted below <c>/var/mnt</c>.</summary>
    User,
}
