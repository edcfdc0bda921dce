namespace Caphr.Actors.Servers;

/// <summary>
/// What the objects say about the node a server becomes, beside its image. Stored with the plan: every member has a default, so that what
/// older releases wrote stays readable and asks for nothing.
/// </summary>
public sealed record NodePlan
{
    /// <summary>Null: the node's name is left to its configuration.</summary>
    public string? Hostname { get; init; }

    /// <summary>Off for plans of older releases, whose nodes found their addresses themselves.</summary>
    public bool PlacesNetwork { get; init; }

    /// <summary>The IPv4 address comes by DHCP, and not from Robot.</summary>
    public bool Dhcp { get; init; }

    public VlanPlan? Vlan { get; init; }

    /// <summary><c>IPv4</c> or <c>IPv6</c>, the preferred one first.</summary>
    public IReadOnlyList<string> AddressFamilies { get; init; } = [];

    /// <summary>Empty: the data centre's own.</summary>
    public IReadOnlyList<string> Resolvers { get; init; } = [];

    public IReadOnlyList<string> TimeServers { get; init; } = [];

    /// <summary>The Secret with what all control planes must have alike. Null for workers, and where the cluster names none.</summary>
    public ObjectName? SharedSecrets { get; init; }

    public string? EphemeralSize { get; init; }

    public IReadOnlyList<VolumePlan> DataVolumes { get; init; } = [];

    // Lists compare by reference in records; plans are equal when they say the same, or every wish would look like a new one.
    public bool Equals(NodePlan? other) =>
        other is not null
        && (Hostname, PlacesNetwork, Dhcp, Vlan, SharedSecrets, EphemeralSize) == (other.Hostname, other.PlacesNetwork, other.Dhcp, other.Vlan, other.SharedSecrets, other.EphemeralSize)
        && AddressFamilies.SequenceEqual(other.AddressFamilies)
        && Resolvers.SequenceEqual(other.Resolvers)
        && TimeServers.SequenceEqual(other.TimeServers)
        && DataVolumes.SequenceEqual(other.DataVolumes);

    public override int GetHashCode() => HashCode.Combine(Hostname, PlacesNetwork, Dhcp, Vlan, SharedSecrets, EphemeralSize);
}

/// <summary>The server's place in the cluster's private network.</summary>
public sealed record VlanPlan(int Id, string Address, int PrefixLength, IReadOnlyList<RoutePlan> Routes)
{
    public bool Equals(VlanPlan? other) =>
        other is not null && (Id, Address, PrefixLength) == (other.Id, other.Address, other.PrefixLength) && Routes.SequenceEqual(other.Routes);

    public override int GetHashCode() => HashCode.Combine(Id, Address, PrefixLength);
}

public sealed record RoutePlan(string Network, string Gateway);

/// <param name="Raw">Unformatted, for storage systems; otherwise formatted and mounted.</param>
/// <param name="DiskMatch">Talos' expression that says on which disk. Null: the system disk.</param>
public sealed record VolumePlan(string Name, bool Raw, string? DiskMatch, string? MinSize, string? MaxSize, string? Filesystem);
