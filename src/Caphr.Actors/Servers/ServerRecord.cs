namespace Caphr.Actors.Servers;

/// <summary>What Robot says of a server: rarely changing, no secrets.</summary>
/// <param name="Gateway">Of the IPv4 address. Null where there is none, and in what older releases wrote.</param>
public sealed record ServerRecord(string Address, string? Ipv6Network, string Product, string Datacenter, string? Gateway = null);

/// <summary>One boot of the rescue system that proved itself. Its host key is valid for this boot alone.</summary>
public sealed record RescueBoot(string HostKey, string PrimaryMac, string SystemUuid);

/// <summary>A disk as the rescue system saw it. <see cref="Foreign"/> names data that is not ours to destroy, such as <c>ceph_bluestore</c>.</summary>
public sealed record DiskFacts(string Name, string Serial, string? Wwn, string? ById, long SizeBytes, bool Rotational, string? Foreign)
{
    public string? Model { get; init; }

    /// <summary><c>nvme</c>, <c>sata</c>, <c>sas</c> …</summary>
    public string? Transport { get; init; }

    /// <summary>By its own word (SMART): false if it expects to fail soon. Null where it says nothing.</summary>
    public bool? Healthy { get; init; }

    public int? WearPercent { get; init; }

    public long? PowerOnHours { get; init; }

    /// <summary>An earlier Talos lies on it, and nothing of others.</summary>
    public bool HasTalos { get; init; }

    /// <summary>Below <c>/dev/disk/by-id</c>, beside <see cref="ById"/>: a person may know the disk by any of them.</summary>
    public IReadOnlyList<string> OtherIds { get; init; } = [];

    // Lists compare by reference in records; facts are equal when they say the same.
    public bool Equals(DiskFacts? other) =>
        other is not null
        && (Name, Serial, Wwn, ById, SizeBytes, Rotational, Foreign) == (other.Name, other.Serial, other.Wwn, other.ById, other.SizeBytes, other.Rotational, other.Foreign)
        && (Model, Transport, Healthy, WearPercent, PowerOnHours, HasTalos) == (other.Model, other.Transport, other.Healthy, other.WearPercent, other.PowerOnHours, other.HasTalos)
        && OtherIds.SequenceEqual(other.OtherIds);

    public override int GetHashCode() => HashCode.Combine(Name, Serial, SizeBytes);
}

public sealed record HardwareFacts(RescueBoot Boot, IReadOnlyList<DiskFacts> Disks, bool Uefi)
{
    public int? Cpus { get; init; }

    public long? MemoryMiB { get; init; }

    /// <summary>Of the fastest card that has a link.</summary>
    public int? NetworkMbit { get; init; }

    public string? Architecture { get; init; }

    public string? BoardSerial { get; init; }

    public bool Has(DiskFacts disk) => Disks.Any(one => one.Serial == disk.Serial);

    // Lists compare by reference in records; facts are equal when they say the same.
    public bool Equals(HardwareFacts? other) =>
        other is not null
        && (Boot, Uefi, Cpus, MemoryMiB, NetworkMbit, Architecture, BoardSerial) == (other.Boot, other.Uefi, other.Cpus, other.MemoryMiB, other.NetworkMbit, other.Architecture, other.BoardSerial)
        && Disks.SequenceEqual(other.Disks);

    public override int GetHashCode() => HashCode.Combine(Boot, Uefi, Disks.Count);
}

/// <summary>A Talos API in maintenance, pinned by the key it first showed to us.</summary>
public sealed record MaintenanceTalos(string Pin, string Version);
