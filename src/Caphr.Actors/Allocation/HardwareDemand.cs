using System.Globalization;

namespace Caphr.Actors.Allocation;

/// <summary>Both ends belong to it; one that is null is open.</summary>
public readonly record struct Bounds(long? Min, long? Max)
{
    public bool IsBelow(long value) => value < Min;

    public bool IsAbove(long value) => value > Max;

    public bool Holds(long value) => !IsBelow(value) && !IsAbove(value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}..{Max}");
}

/// <summary>What a server must have to be chosen. What is null does not matter.</summary>
public sealed record HardwareDemand
{
    /// <summary>Exact, or a beginning with a star behind it.</summary>
    public string? Product { get; init; }

    /// <summary>Exact, or a beginning with a star behind it.</summary>
    public string? Datacenter { get; init; }

    public string? Architecture { get; init; }

    public Bounds? Cpus { get; init; }

    public Bounds? MemoryGiB { get; init; }

    public Bounds? NicSpeedMbit { get; init; }

    public IReadOnlyList<DiskDemand> Disks { get; init; } = [];

    /// <summary>Whether the server has it. What nobody has looked at yet is not taken on trust; what is known to be wrong is said before that.</summary>
    internal Misfit Judge(HostOffer offer)
    {
        var hardware = offer.Hardware;
        if (Product is not null && hardware.Product is { } product && !Matches(Product, product)) return Misfit.OtherProduct;
        if (Datacenter is not null && offer.FailureDomain is { } datacenter && !Matches(Datacenter, datacenter)) return Misfit.OtherDatacenter;
        if (Architecture is not null && hardware.Architecture is { } architecture && architecture != Architecture) return Misfit.OtherArchitecture;
        if (Cpus is { } cpus && hardware.Cpus is { } has)
        {
            if (cpus.IsBelow(has)) return Misfit.TooFewCpus;
            if (cpus.IsAbove(has)) return Misfit.TooManyCpus;
        }

        if (MemoryGiB is { } memory && hardware.MemoryMiB is { } mebibytes)
        {
            if (memory.IsBelow(Sold(mebibytes))) return Misfit.TooLittleMemory;
            if (memory.IsAbove(mebibytes / 1024)) return Misfit.TooMuchMemory;
        }

        if (NicSpeedMbit is { } speed && hardware.NicSpeedMbit is { } megabits)
        {
            if (speed.IsBelow(megabits)) return Misfit.TooSlowNetwork;
            if (speed.IsAbove(megabits)) return Misfit.TooFastNetwork;
        }

        if (hardware.Disks is { } disks && Disks.Any(demand => !demand.IsMetBy(disks))) return Misfit.OtherDisks;
        if ((Product is not null && hardware.Product is null) || (Datacenter is not null && offer.FailureDomain is null)) return Misfit.NotRegistered;
        return (Architecture is not null && hardware.Architecture is null)
            || (Cpus is not null && hardware.Cpus is null)
            || (MemoryGiB is not null && hardware.MemoryMiB is null)
            || (NicSpeedMbit is not null && hardware.NicSpeedMbit is null)
            || (Disks.Count > 0 && hardware.Disks is null)
                ? Misfit.NotInspected
                : Misfit.None;
    }

    /// <summary>Two demands of the same text are the same demand: lists within records are compared by reference.</summary>
    public override string ToString() => $"product={Product} datacenter={Datacenter} architecture={Architecture} cpus={Cpus} memory={MemoryGiB} nic={NicSpeedMbit} disks={string.Join('+', Disks)}";

    /// <summary>The kernel keeps some of the memory for itself before it counts, so a server sold with 64 GiB shows 62: up to a sixteenth is forgiven.</summary>
    private static long Sold(long mebibytes) => (mebibytes + (mebibytes / 15)) / 1024;

    private static bool Matches(string pattern, string value) => pattern.EndsWith('*')
        ? value.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
        : string.Equals(value, pattern, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Kind">Null takes any.</param>
/// <param name="SizeGB">In the makers' gigabytes, of which 512 stand on a disk of that name.</param>
/// <param name="Count">How many disks of that kind and size.</param>
public sealed record DiskDemand(WantedDisks Kind, Bounds SizeGB, Bounds Count)
{
    private const long BytesInGB = 1_000_000_000;

    internal bool IsMetBy(IReadOnlyList<HostDisk> disks)
    {
        long found = 0;
        foreach (var disk in disks)
        {
            if (IsOf(disk.Kind) && SizeGB.Holds(disk.SizeBytes / BytesInGB)) found++;
        }

        return Count.Holds(found);
    }

    private bool IsOf(DiskKind kind) => Kind switch
    {
        WantedDisks.Any => true,
        WantedDisks.Flash => kind != DiskKind.Rotational,
        WantedDisks.Nvme => kind == DiskKind.Nvme,
        WantedDisks.Rotational => kind == DiskKind.Rotational,
    };
}

public enum WantedDisks
{
    Any,

    /// <summary>Whatever does not spin.</summary>
    Flash,

    Nvme,
    Rotational,
}
