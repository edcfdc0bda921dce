using System.Net;

namespace Caphr.Lab.World;

/// <summary>What does not change while a server lives: its number, its place, its network and its disks.</summary>
public sealed record ServerDescription
{
    public required int Number { get; init; }

    public required IPAddress Address { get; init; }

    public required string Ipv6Network { get; init; }

    public required string Gateway { get; init; }

    public required string Name { get; init; }

    public required string Product { get; init; }

    public required string Datacenter { get; init; }

    public required string PrimaryMac { get; init; }

    public required string SystemUuid { get; init; }

    public required IReadOnlyList<LabDisk> Disks { get; init; }

    public bool Uefi { get; init; } = true;

    /// <summary>Whether its power buttons can be pressed from afar. Such servers tell whether they run, and do not take Ctrl-Alt-Del.</summary>
    public bool PowerControl { get; init; }
}
