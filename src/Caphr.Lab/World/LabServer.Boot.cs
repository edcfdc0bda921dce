using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.World;

/// <summary>From the power button to a running system.</summary>
public sealed partial class LabServer
{
    /// <summary>A switch's firewall that keeps Hetzner's own services out, and with them the answer to a network boot.</summary>
    internal bool NetworkBootIsBlocked { get; private set; }

    internal void BlockNetworkBoot(bool isBlocked)
    {
        if (isBlocked == NetworkBootIsBlocked) return;
        _deeds.Write(Number, DeedKind.BlockNetworkBoot, isBlocked ? "blocked" : "open");
        NetworkBootIsBlocked = isBlocked;
    }

    private void FirmwareBoot()
    {
        Become(new RunningSystem.Booting("firmware"));
        if (IsOn(ServerFault.SelfTestHangs)) return;
        Then(Spread(_times.ShutdownGrace + _times.SelfTest), () =>
        {
            if (IsOn(ServerFault.DeadEntryHangs) && HasDeadEntry) Become(new RunningSystem.Booting("a dead boot entry"));
            else AskTheNetwork();
        });
    }

    private void AskTheNetwork()
    {
        if (TakeOrder() is not { } order)
        {
            Become(new RunningSystem.Booting("disk"));
            Then(Spread(_times.NetworkFallThrough), BootFromDisk);
            return;
        }

        Become(new RunningSystem.Booting("rescue"));
        if (IsOn(ServerFault.RescueNeverBoots)) return;
        Then(Spread(_times.RescueBoot), () =>
        {
            if (Strikes(ServerFault.RescueBootFails))
            {
                FirmwareBoot();
                return;
            }

            if (IsOn(ServerFault.ForeignSystem))
            {
                RunLinux("somebody-else");
                return;
            }

            var bootId = NextBoot();
            NameDisks();
            _ledger.Write(Number, Fact.RescueBooted);
            Become(new RunningSystem.Rescue(bootId, IsOn(ServerFault.OldKeys) ? order with { AuthorizedFingerprints = [], AuthorizedKeys = [] } : order));
        });
    }

    private RescueOrder? TakeOrder()
    {
        if (!IsAttached || NetworkBootIsBlocked || IsOn(ServerFault.NetworkBootSkipped)) return null;
        lock (_gate)
        {
            var order = PendingRescue;
            PendingRescue = null;
            if (order is not null) RescueUsedAt = _time.Now;
            return order;
        }
    }

    private void BootFromDisk()
    {
        switch (BootableContent())
        {
            case DiskContent.OldLinux linux:
                RunLinux(linux.HostName);
                break;
            case DiskContent.Talos talos:
                Become(new RunningSystem.Booting("talos"));
                Then(Spread(_times.TalosBoot), () => RunTalos(talos));
                break;
            default:
                _ledger.Write(Number, Fact.NothingToBoot);
                Become(new RunningSystem.Stuck());
                break;
        }
    }

    private void RunLinux(string hostName)
    {
        _ledger.Write(Number, Fact.DiskBooted, hostName);
        Become(new RunningSystem.Linux(hostName));
    }

    private void RunTalos(DiskContent.Talos talos)
    {
        var bootId = NextBoot();
        NameDisks();
        _ledger.Write(Number, Fact.DiskBooted, $"talos {talos.Version}");
        if (talos.MachineConfiguration is { } configuration) StartTalos(bootId, talos.Version, configuration);
        else Become(new RunningSystem.TalosMaintenance(bootId, talos.Version));
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
            _transition?.Dispose();
            _transition = InThisBoot(hardwareTime, action);
        }
    }

    /// <summary>Does not happen when something else runs by then.</summary>
    private ITimer InThisBoot(TimeSpan hardwareTime, Action action)
    {
        lock (_gate)
        {
            var generation = _generation;
            return _time.After(hardwareTime, () =>
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
