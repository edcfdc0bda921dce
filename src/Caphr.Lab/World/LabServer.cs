using System.Net;

namespace Caphr.Lab.World;

/// <summary>
/// One physical server: firmware that asks the network first, disks, and the system that runs. Thread-safe; a change of the running
/// system is announced after the lock is left.
/// </summary>
public sealed class LabServer
{
    private static readonly TimeSpan RescueOrderLifetime = TimeSpan.FromMinutes(60);

    private readonly Lock _gate = new();
    private readonly LabTime _time;
    private readonly HardwareTimes _times;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private ITimer? _transition;
    private int _generation;
    private int _boots;
    private RunningSystem _running;

    internal LabServer(ServerDescription description, LabTime time, HardwareTimes times, Ledger ledger, Random random)
    {
        Description = description;
        _time = time;
        _times = times;
        _ledger = ledger;
        _random = random;
        for (var i = 0; i < description.Disks.Count; i++) description.Disks[i].Name = $"nvme{i}n1";
        _running = description.Disks.Select(disk => disk.Content).OfType<DiskContent.OldLinux>().FirstOrDefault() is { } linux
            ? new RunningSystem.Linux(linux.HostName)
            : new RunningSystem.Stuck();
    }

    /// <summary>Raised after every change of <see cref="Running"/>, outside the lock, in order of the changes of one timer.</summary>
    public event Action<LabServer, RunningSystem>? RunningChanged;

    public ServerDescription Description { get; }

    public int Number => Description.Number;

    public IPAddress Address => Description.Address;

    public RunningSystem Running
    {
        get { lock (_gate) return _running; }
    }

    /// <summary>The order that waits for the next network boot, or null: consumed, cancelled, expired or never given.</summary>
    public RescueOrder? PendingRescue
    {
        get
        {
            lock (_gate)
            {
                if (field is not null && field.ExpiresAt <= _time.Now) field = null;
                return field;
            }
        }
        private set;
    }

    public RescueOrder OrderRescue(string password, IReadOnlyList<string> fingerprints, IReadOnlyList<string> keys)
    {
        var order = new RescueOrder(password, fingerprints, keys, _time.Now + _time.Scaled(RescueOrderLifetime));
        lock (_gate) PendingRescue = order;
        _ledger.Write(Number, Fact.RescueOrdered);
        return order;
    }

    public void CancelRescue()
    {
        lock (_gate) PendingRescue = null;
        _ledger.Write(Number, Fact.RescueCancelled);
    }

    public void PressReset(ResetKind kind)
    {
        _ledger.Write(Number, Fact.ResetPressed, kind.ToString());
        lock (_gate)
        {
            // Ctrl-Alt-Del needs a system that listens to it; Talos, rescue and a stuck firmware do not. A technician never comes.
            if (kind == ResetKind.Manual) return;
            if (kind == ResetKind.Software && _running is not RunningSystem.Linux) return;
            if (kind == ResetKind.Hardware && _running is RunningSystem.PoweredOff) return;
        }

        if (kind == ResetKind.PowerLong || (kind == ResetKind.Power && Running is not RunningSystem.PoweredOff))
        {
            Become(new RunningSystem.PoweredOff());
            return;
        }

        FirmwareBoot();
    }

    /// <summary>A reboot that the running system itself asked for. By kexec it skips the firmware, and with it any rescue order.</summary>
    public void RebootInBand(bool kexec)
    {
        _ledger.Write(Number, Fact.RebootedInBand, kexec ? "kexec" : "firmware");
        if (kexec) BootFromDisk();
        else FirmwareBoot();
    }

    public LabDisk? FindDisk(Func<LabDisk, bool> predicate) => Description.Disks.FirstOrDefault(predicate);

    /// <summary>A writer in the rescue system opens the disk: what was there is gone from this moment.</summary>
    public void BeginDiskWrite(LabDisk disk, string what)
    {
        lock (_gate)
        {
            disk.Content = new DiskContent.HalfWritten();
            disk.Signatures = [];
        }

        _ledger.Write(Number, Fact.DiskWriteStarted, $"{disk.Serial} {what}");
    }

    public void EndDiskWrite(LabDisk disk, DiskContent content, string what)
    {
        lock (_gate)
        {
            disk.Content = content;
            disk.Signatures = ["gpt"];
        }

        _ledger.Write(Number, Fact.DiskWritten, $"{disk.Serial} {what}");
    }

    public void WipeDisk(LabDisk disk)
    {
        lock (_gate)
        {
            disk.Content = new DiskContent.Empty();
            disk.Signatures = [];
        }

        _ledger.Write(Number, Fact.DiskWiped, disk.Serial);
    }

    /// <summary>Talos in maintenance accepted a configuration: it is stored, the API is torn down and comes up again secured.</summary>
    public bool ApplyConfiguration(string machineConfiguration)
    {
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

    /// <summary>The disk that Talos takes for its own: the first one found with a META partition, whoever wrote it.</summary>
    public LabDisk? SystemDisk => FindDisk(disk => disk.Content is DiskContent.Talos);

    /// <summary>What Talos changes on its own disk. False when there is none.</summary>
    public bool ChangeTalos(Func<DiskContent.Talos, DiskContent.Talos> change)
    {
        lock (_gate)
        {
            if (SystemDisk is not { Content: DiskContent.Talos talos } disk) return false;
            disk.Content = change(talos);
            return true;
        }
    }

    /// <summary>A Talos reset of the system disk.</summary>
    public void ResetTalos(bool reboot)
    {
        lock (_gate)
        {
            foreach (var disk in Description.Disks.Where(candidate => candidate.Content is DiskContent.Talos)) disk.Content = new DiskContent.Empty();
        }

        _ledger.Write(Number, Fact.TalosReset);
        if (reboot) FirmwareBoot();
        else Become(new RunningSystem.PoweredOff());
    }

    private void FirmwareBoot()
    {
        Become(new RunningSystem.Booting("firmware"));
        Then(Spread(_times.ShutdownGrace + _times.SelfTest), AskTheNetwork);
    }

    private void AskTheNetwork()
    {
        RescueOrder? order;
        lock (_gate)
        {
            order = PendingRescue;
            PendingRescue = null;
        }

        if (order is null)
        {
            Become(new RunningSystem.Booting("disk"));
            Then(Spread(_times.NetworkFallThrough), BootFromDisk);
            return;
        }

        Become(new RunningSystem.Booting("rescue"));
        Then(Spread(_times.RescueBoot), () =>
        {
            var bootId = NextBoot();
            _ledger.Write(Number, Fact.RescueBooted);
            Become(new RunningSystem.Rescue(bootId, order));
        });
    }

    private void BootFromDisk()
    {
        DiskContent content;
        lock (_gate) content = Description.Disks.Select(disk => disk.Content).FirstOrDefault(found => found is DiskContent.Talos or DiskContent.OldLinux, new DiskContent.Empty());

        switch (content)
        {
            case DiskContent.OldLinux linux:
                _ledger.Write(Number, Fact.DiskBooted, linux.HostName);
                Become(new RunningSystem.Linux(linux.HostName));
                break;
            case DiskContent.Talos talos:
                Become(new RunningSystem.Booting("talos"));
                Then(Spread(_times.TalosBoot), () =>
                {
                    var bootId = NextBoot();
                    _ledger.Write(Number, Fact.DiskBooted, $"talos {talos.Version}");
                    if (talos.MachineConfiguration is { } configuration) StartTalos(bootId, talos.Version, configuration);
                    else Become(new RunningSystem.TalosMaintenance(bootId, talos.Version));
                });
                break;
            default:
                _ledger.Write(Number, Fact.NothingToBoot);
                Become(new RunningSystem.Stuck());
                break;
        }
    }

    private void StartTalos(int bootId, string version, string configuration)
    {
        Become(new RunningSystem.TalosConfigured(bootId, version, configuration, Ready: false));
        Then(Spread(_times.TalosJoin), () =>
        {
            _ledger.Write(Number, Fact.TalosReady);
            Become(new RunningSystem.TalosConfigured(bootId, version, configuration, Ready: true));
        });
    }

    private int NextBoot()
    {
        lock (_gate) return checked(++_boots);
    }

    private TimeSpan Spread(TimeSpan typical)
    {
        lock (_gate) return typical * (0.9 + (_random.NextDouble() * 0.2));
    }

    /// <summary>Whatever was on its way is forgotten: only the newest transition of a server is allowed to happen.</summary>
    private void Become(RunningSystem system)
    {
        lock (_gate)
        {
            _generation = checked(_generation + 1);
            _transition?.Dispose();
            _transition = null;
            _running = system;
        }

        RunningChanged?.Invoke(this, system);
    }

    private void Then(TimeSpan hardwareTime, Action action)
    {
        lock (_gate)
        {
            var generation = _generation;
            _transition?.Dispose();
            _transition = _time.After(hardwareTime, () =>
            {
                lock (_gate)
                {
                    if (generation != _generation) return;
                }

                action();
            });
        }
    }
}
