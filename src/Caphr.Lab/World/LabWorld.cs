using System.Globalization;
using System.Net;
using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.World;

public sealed record WorldOptions
{
    public int Servers { get; init; } = 6;

    public int Seed { get; init; } = 1;

    /// <summary>How many times faster than real hardware the Lab's hardware is.</summary>
    public double TimeScale { get; init; } = 10;

    public HardwareTimes Times { get; init; } = HardwareTimes.Typical;

    /// <summary>In how many steps whoever writes a disk tells how far it is; null: to the byte, whenever it is asked.</summary>
    public int? ProgressSteps { get; init; }

    /// <summary>Second byte of the servers' loopback addresses (127.x.0.1 …), so that several labs can share a machine.</summary>
    public byte Network { get; init; } = 77;

    /// <summary>
    /// Releases of Talos that the servers come with, in turn, on their first disks and waiting in maintenance; none: the servers come empty.
    /// </summary>
    public IReadOnlyList<string> Talos { get; init; } = [];
}

/// <summary>All servers of the Lab. One seed decides everything about them.</summary>
public sealed class LabWorld
{
    private const int FirstServerNumber = 2938100;

    private static readonly string[] s_datacenters = ["FSN1-DC14", "NBG1-DC3", "HEL1-DC2"];

    private readonly Dictionary<int, LabServer> _byNumber;
    private readonly Dictionary<IPAddress, LabServer> _byAddress;

    public LabWorld(WorldOptions options, TimeProvider clock)
    {
        Options = options;
        Time = new LabTime(clock, options.TimeScale);
        Ledger = new Ledger(Time);
        Deeds = new DeedLog(Time);
        Servers = [.. Enumerable.Range(0, options.Servers).Select(Build)];
        _byNumber = Servers.ToDictionary(server => server.Number);
        _byAddress = Servers.ToDictionary(server => server.Address);
        Faults = new FaultDesk(this, Deeds, new Random(options.Seed));
    }

    public WorldOptions Options { get; }

    public LabTime Time { get; }

    public Ledger Ledger { get; }

    /// <summary>What was done to it from outside.</summary>
    public DeedLog Deeds { get; }

    /// <summary>Where everything in it is broken and healed.</summary>
    public FaultDesk Faults { get; }

    public IReadOnlyList<LabServer> Servers { get; }

    public LabServer? Find(int number) => _byNumber.GetValueOrDefault(number);

    public LabServer? Find(IPAddress address) => _byAddress.GetValueOrDefault(address);

    private LabServer Build(int index)
    {
        // A server's own Random depends on seed and index alone, so adding servers does not change the ones before.
        var random = new Random(unchecked((Options.Seed * 7919) + index));
        var host = index + 1;
        var description = new ServerDescription
        {
            Number = FirstServerNumber + host,
            Address = new IPAddress([127, Options.Network, (byte)(host / 250), (byte)((host % 250) + 1)]),
            Ipv6Network = string.Create(CultureInfo.InvariantCulture, $"2a01:4f8:{(Options.Network << 8) | 1:x}:{host:x}::"),
            Gateway = string.Create(CultureInfo.InvariantCulture, $"127.{Options.Network}.{host / 250}.254"),
            Name = string.Create(CultureInfo.InvariantCulture, $"server-{host}"),
            Product = "AX52",
            Datacenter = s_datacenters[index % s_datacenters.Length],
            PrimaryMac = string.Create(CultureInfo.InvariantCulture, $"a8:a1:59:{random.Next(256):x2}:{(host >> 8) & 255:x2}:{host & 255:x2}"),
            SystemUuid = new Guid(random.Next(), (short)random.Next(short.MaxValue), (short)random.Next(short.MaxValue), [8, 9, 10, 11, 12, 13, 14, 15]).ToString(),
            PowerControl = host % 2 == 0,
            Disks = [.. Enumerable.Range(0, 2).Select(_ => Disk(random))],
        };
        if (Options.Talos.Count > 0) Preinstall(description.Disks[0], Options.Talos[index % Options.Talos.Count]);
        return new LabServer(description, Options, Time, Ledger, Deeds, random);
    }

    private static void Preinstall(LabDisk disk, string version)
    {
        disk.Content = new DiskContent.Talos(version, MachineConfiguration: null);
        disk.Signatures = ["gpt"];
    }

    private static LabDisk Disk(Random random) => new(
        model: "SAMSUNG MZVL21T0HCLR-00B00",
        serial: string.Create(CultureInfo.InvariantCulture, $"S676NX0R{random.Next(100000, 999999)}"),
        wwn: string.Create(CultureInfo.InvariantCulture, $"eui.{random.NextInt64():x16}"),
        sizeBytes: 1_024_209_543_168);
}
