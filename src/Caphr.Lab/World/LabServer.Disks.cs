using System.Globalization;
using Caphr.Lab.Talos;
using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Talos;

namespace Caphr.Lab.World;

/// <summary>What is on the disks, who writes there, and what the firmware's boot entries say of them.</summary>
public sealed partial class LabServer
{
    internal const string NothingWritten = "nothing";
    internal const string OtherSystem = "other";
    internal const string Configured = "+configured";

    private const int SlowFactor = 10;
    private const string StaleVersion = "v1.9.0";
    private const string OldHostName = "old-system";

    private readonly HashSet<string> _bootEntries = new(StringComparer.Ordinal);

    /// <summary>The disk that Talos takes for its own: the first one found with a META partition, whoever wrote it.</summary>
    public LabDisk? SystemDisk => FindDisk(disk => disk.Content is DiskContent.Talos);

    internal TimeSpan WriteTime => _times.ImageWrite * (IsOn(ServerFault.SlowDisk) ? SlowFactor : 1);

    private LabDisk FirstDisk => Description.Disks[0];

    private LabDisk LastDisk => Description.Disks[^1];

    private bool HasDeadEntry
    {
        get
        {
            lock (_gate) return _bootEntries.Any(serial => FindDisk(disk => disk.Serial == serial) is not { Content: DiskContent.Talos or DiskContent.OldLinux });
        }
    }

    internal bool IsDead(LabDisk disk) => disk == FirstDisk && IsOn(ServerFault.DiskDead);

    /// <summary>Whether something assembled from what is on the disk holds it open.</summary>
    internal bool IsHeld(LabDisk disk) => disk == FirstDisk && IsOn(ServerFault.DiskHeld);

    public LabDisk? FindDisk(Func<LabDisk, bool> predicate) => Description.Disks.FirstOrDefault(predicate);

    /// <summary>A writer in the rescue system opens the disk: what was there is gone from this moment.</summary>
    public void BeginDiskWrite(LabDisk disk, string what)
    {
        _deeds.Write(Number, DeedKind.OpenDisk, $"{disk.Serial} {what}");
        lock (_gate) Fill(disk, new DiskContent.HalfWritten(), []);
        _ledger.Write(Number, Fact.DiskWriteStarted, $"{disk.Serial} {what}");
    }

    /// <summary>Puts something on the disk, at once.</summary>
    public void EndDiskWrite(LabDisk disk, DiskContent content, string what)
    {
        _deeds.Write(Number, DeedKind.EnterDisk, $"{disk.Serial} {Name(content)} {what}");
        lock (_gate) Fill(disk, content, ["gpt"]);
        _ledger.Write(Number, Fact.DiskWritten, $"{disk.Serial} {what}");
    }

    public void WipeDisk(LabDisk disk)
    {
        _deeds.Write(Number, DeedKind.WipeDisk, disk.Serial);
        Blank(disk);
    }

    /// <summary>Talos in maintenance accepted a configuration: it is stored, the API is torn down and comes up again secured.</summary>
    public bool ApplyConfiguration(string machineConfiguration)
    {
        _deeds.Write(Number, DeedKind.Configure);
        RunningSystem.TalosMaintenance maintenance;
        lock (_gate)
        {
            if (_running is not RunningSystem.TalosMaintenance running) return false;
            maintenance = running;
            ChangeTalos(talos => talos with { MachineConfiguration = machineConfiguration });
        }

        _ledger.Write(Number, Fact.ConfigurationApplied);
        StartTalos(maintenance.BootId, maintenance.Version, machineConfiguration);
        return true;
    }

    /// <summary>Kept for the next boot. False when there is no Talos to keep it.</summary>
    public bool StoreConfiguration(string machineConfiguration)
    {
        _deeds.Write(Number, DeedKind.StoreConfiguration);
        return ChangeTalos(talos => talos with { MachineConfiguration = machineConfiguration });
    }

    /// <summary>The STATE partition is wiped or lost: the next boot comes up in maintenance.</summary>
    public void ForgetConfiguration()
    {
        _deeds.Write(Number, DeedKind.ForgetConfiguration);
        ChangeTalos(talos => talos with { MachineConfiguration = null });
    }

    public void UpgradeTalos(string version)
    {
        _deeds.Write(Number, DeedKind.UpgradeTalos, version);
        ChangeTalos(talos => talos with { Version = version });
    }

    /// <summary>A Talos reset of the system disk.</summary>
    public void ResetTalos(bool reboot)
    {
        _deeds.Write(Number, DeedKind.ResetTalos, reboot ? "reboot" : "off");
        lock (_gate)
        {
            foreach (var disk in Description.Disks.Where(candidate => candidate.Content is DiskContent.Talos)) disk.Content = new DiskContent.Empty();
        }

        _ledger.Write(Number, Fact.TalosReset);
        if (reboot) FirmwareBoot();
        else Become(new RunningSystem.PoweredOff());
    }

    /// <summary>What Talos changes on its own disk. False when there is none.</summary>
    internal bool ChangeTalos(Func<DiskContent.Talos, DiskContent.Talos> change)
    {
        lock (_gate)
        {
            if (SystemDisk is not { Content: DiskContent.Talos talos } disk) return false;
            disk.Content = change(talos);
            return true;
        }
    }

    /// <summary>How much of so many bytes is on a disk, as a write tells it that began then.</summary>
    internal long Written(long bytes, long since)
    {
        var share = Math.Clamp(_time.Clock.GetElapsedTime(since) / _time.Scaled(WriteTime), 0, 1);
        if (_progressSteps is { } steps) share = Math.Floor(share * steps) / steps;
        return (long)(bytes * share);
    }

    /// <summary>Goes on writing what was begun, for as long as the disk takes. It ends with the boot, and leaves the disk as it is then.</summary>
    /// <param name="disk">Where to.</param>
    /// <param name="version">Of the Talos that is on it then, or null when what is written boots nothing.</param>
    /// <param name="what">For the ledger.</param>
    /// <param name="ended">Hears whether the disk took it.</param>
    internal void WriteDisk(LabDisk disk, string? version, string what, Action<bool> ended)
    {
        _deeds.Write(Number, DeedKind.WriteDisk, $"{disk.Serial} {version ?? NothingWritten} {what}");
        InThisBoot(WriteTime, () =>
        {
            if (IsDead(disk) || Strikes(ServerFault.ImageWriteFails))
            {
                _ledger.Write(Number, Fact.DiskWriteFailed, $"{disk.Serial} {what}");
                ended(false);
                return;
            }

            if (version is not null)
            {
                lock (_gate) Fill(disk, new DiskContent.Talos(version, MachineConfiguration: null), ["gpt"]);
                _ledger.Write(Number, Fact.DiskWritten, $"{disk.Serial} {what}");
            }

            ended(true);
        });
    }

    /// <summary>As <see cref="WriteDisk"/>, with zeros.</summary>
    internal void WipeDiskFully(LabDisk disk, string what, Action ended)
    {
        _deeds.Write(Number, DeedKind.WipeDiskFully, $"{disk.Serial} {what}");
        lock (_gate) Fill(disk, new DiskContent.HalfWritten(), []);
        _ledger.Write(Number, Fact.DiskWriteStarted, $"{disk.Serial} {what}");
        InThisBoot(WriteTime, () =>
        {
            Blank(disk);
            ended();
        });
    }

    /// <summary>The firmware's own memory: it outlives boots, and disks.</summary>
    /// <returns>Whether the entry is new.</returns>
    internal bool EnterBootEntry(LabDisk disk)
    {
        lock (_gate)
        {
            _bootEntries.RemoveWhere(serial => serial != disk.Serial);
            return _bootEntries.Add(disk.Serial);
        }
    }

    private void Blank(LabDisk disk)
    {
        var remains = Strikes(ServerFault.WipeLeavesLabels) && disk.Signatures.Count > 0;
        lock (_gate) Fill(disk, new DiskContent.Empty(), remains ? disk.Signatures : []);
        _ledger.Write(Number, Fact.DiskWiped, remains ? $"{disk.Serial} but for its labels" : disk.Serial);
    }

    private DiskContent BootableContent()
    {
        lock (_gate)
        {
            var bootable = Description.Disks.Where(disk => !IsDead(disk)).Select(disk => disk.Content)
                .Where(content => content is DiskContent.Talos or DiskContent.OldLinux).ToList();
            return (IsOn(ServerFault.OldSystemPreferred) ? bootable.Find(content => content is DiskContent.OldLinux) : null) ?? bootable.FirstOrDefault() ?? new DiskContent.Empty();
        }
    }

    /// <summary>Of a cluster of another life, whose secrets nobody here has kept. Its node goes on answering with them.</summary>
    private string StaleConfiguration()
    {
        using var other = new LabTalosCluster("of-another-life", new Uri("https://192.0.2.1:6443"), _time.Clock, new Random(Number));
        return other.MachineConfiguration(LabMachineRole.ControlPlane, TalosVersion.Parse(StaleVersion));
    }

    private void ChangeDisks(ServerFault fault)
    {
        LabDisk changed;
        lock (_gate)
        {
            changed = fault switch
            {
                ServerFault.DiskSwapped => SwapFirstDisk(),
                ServerFault.LeftoverRaid => Fill(LastDisk, new DiskContent.Empty(), ["linux_raid_member"]),
                ServerFault.LeftoverVolumeGroup => Fill(LastDisk, new DiskContent.Empty(), ["LVM2_member"]),
                ServerFault.LeftoverCeph => Fill(LastDisk, new DiskContent.Empty(), ["ceph_bluestore"]),
                ServerFault.OldSystemOnDisk => Fill(LastDisk, new DiskContent.OldLinux(OldHostName), ["gpt", "ext4"]),
                ServerFault.StaleTalos => Fill(FirstDisk, new DiskContent.Talos(StaleVersion, StaleConfiguration()), ["gpt"]),
                _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "It happens to no disk."),
            };
        }

        _ledger.Write(Number, Fact.HardwareReplaced, $"disk {changed.Serial}: {Words.Of(fault)}");
    }

    private LabDisk SwapFirstDisk()
    {
        var old = FirstDisk;
        var other = new LabDisk(
            old.Model,
            string.Create(CultureInfo.InvariantCulture, $"S676NX0S{_random.Next(100000, 999999)}"),
            string.Create(CultureInfo.InvariantCulture, $"eui.{_random.NextInt64():x16}"),
            old.SizeBytes,
            old.Rotational)
        { Name = old.Name };
        Description = Description with { Disks = [other, .. Description.Disks.Skip(1)] };
        return other;
    }

    private static string Name(DiskContent content) => content switch
    {
        DiskContent.Talos { MachineConfiguration: null } talos => talos.Version,
        DiskContent.Talos talos => talos.Version + Configured,
        _ => OtherSystem,
    };

    private static LabDisk Fill(LabDisk disk, DiskContent content, IReadOnlyList<string> signatures)
    {
        disk.Content = content;
        disk.Signatures = signatures;
        return disk;
    }

    /// <summary>The kernel numbers disks as they answer, which is another order at every boot.</summary>
    private void NameDisks()
    {
        lock (_gate)
        {
            var numbers = Enumerable.Range(0, Description.Disks.Count).ToArray();
            _random.Shuffle(numbers);
            for (var i = 0; i < numbers.Length; i++) Description.Disks[i].Name = string.Create(CultureInfo.InvariantCulture, $"nvme{numbers[i]}n1");
        }
    }
}
