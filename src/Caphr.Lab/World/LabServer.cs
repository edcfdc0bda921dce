using System.Net;
using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.World;

/// <summary>
/// One physical server: its buttons, its order for the next network boot, and the system that runs. Thread-safe; a change of the running
/// system is announced after the lock is left. How it boots and what is on its disks is in the other parts of this class.
/// </summary>
public sealed partial class LabServer
{
    private static readonly TimeSpan s_orderLifetime = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly LabTime _time;
    private readonly HardwareTimes _times;
    private readonly int? _progressSteps;
    private readonly Ledger _ledger;
    private readonly DeedLog _deeds;
    private readonly Random _random;
    private readonly ServerFaults _faults = new();
    private ITimer? _transition;
    private int _generation;
    private int _boots;
    private RunningSystem _running;

    internal LabServer(ServerDescription description, WorldOptions options, LabTime time, Ledger ledger, DeedLog deeds, Random random)
    {
        Description = description;
        _time = time;
        _times = options.Times;
        _progressSteps = options.ProgressSteps;
        _ledger = ledger;
        _deeds = deeds;
        _random = random;
        NameDisks();
        _running = description.Disks.Select(disk => disk.Content).FirstOrDefault(content => content is DiskContent.OldLinux or DiskContent.Talos) switch
        {
            DiskContent.OldLinux linux => new RunningSystem.Linux(linux.HostName),
            DiskContent.Talos talos => new RunningSystem.TalosMaintenance(NextBoot(), talos.Version),
            _ => new RunningSystem.Stuck(),
        };
    }

    /// <summary>
    /// Raised after every change of <see cref="Running"/> or <see cref="IsAttached"/>, outside the lock, in order of the changes of one timer.
    /// </summary>
    public event Action<LabServer, RunningSystem>? RunningChanged;

    /// <summary>Changes when hardware is replaced under the same number.</summary>
    public ServerDescription Description { get; private set; }

    public int Number => Description.Number;

    public IPAddress Address => Description.Address;

    public RunningSystem Running
    {
        get { lock (_gate) return _running; }
    }

    /// <summary>Whether the network reaches it.</summary>
    public bool IsAttached => !IsOn(ServerFault.NetworkDetached);

    /// <summary>What is wrong with it now.</summary>
    public IReadOnlyList<ServerFault> Faults => _faults.All;

    /// <summary>When the last order for the rescue system was used up, on the datacenter's clocks.</summary>
    public DateTimeOffset? RescueUsedAt { get; private set; }

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
        _deeds.Write(Number, DeedKind.OrderRescue);
        var order = new RescueOrder(password, fingerprints, keys, _time.Now + _time.Scaled(s_orderLifetime));
        lock (_gate) PendingRescue = order;
        _ledger.Write(Number, Fact.RescueOrdered);
        return order;
    }

    public void CancelRescue()
    {
        _deeds.Write(Number, DeedKind.CancelRescue);
        lock (_gate) PendingRescue = null;
        _ledger.Write(Number, Fact.RescueCancelled);
    }

    public void PressReset(ResetKind kind)
    {
        _deeds.Write(Number, DeedKind.PressReset, Words.Of(kind));
        _ledger.Write(Number, Fact.ResetPressed, kind.ToString());
        // Ctrl-Alt-Del needs a system that listens to it; Talos, rescue and a stuck firmware do not. A technician never comes.
        if (kind == ResetKind.Manual || (kind == ResetKind.Software && Running is not RunningSystem.Linux) || Strikes(ServerFault.ResetSilent)) return;

        var isOff = Running is RunningSystem.PoweredOff;
        if (kind == ResetKind.Hardware && isOff && !IsOn(ServerFault.ResetStartsShutOff)) return;
        if (kind == ResetKind.PowerLong || (kind == ResetKind.Power && !isOff)) Become(new RunningSystem.PoweredOff());
        else FirmwareBoot();
    }

    /// <summary>A reboot that the running system itself asked for. By kexec it skips the firmware, and with it any rescue order.</summary>
    public void RebootInBand(bool kexec)
    {
        _deeds.Write(Number, DeedKind.RebootInBand, kexec ? "kexec" : "firmware");
        _ledger.Write(Number, Fact.RebootedInBand, kexec ? "kexec" : "firmware");
        if (kexec) BootFromDisk();
        else FirmwareBoot();
    }

    internal bool IsOn(ServerFault fault) => _faults.IsOn(fault);

    /// <summary>The occasion for a fault is there: whether it strikes.</summary>
    internal bool Strikes(ServerFault fault) => _faults.Strikes(fault);

    /// <param name="fault">What goes wrong from now on, or happens now.</param>
    /// <param name="times">How often it may strike; left out, as often as its kind does by nature.</param>
    internal void Break(ServerFault fault, int? times = null)
    {
        var span = FaultSpans.Of(fault);
        if (span != FaultSpan.Event) _faults.Add(fault, times ?? (span == FaultSpan.Once ? 1 : null));
        _ledger.Write(Number, Fact.FaultBegan, Words.Of(fault));
        if (span == FaultSpan.Event) Happen(fault);
        if (fault == ServerFault.NetworkDetached) RunningChanged?.Invoke(this, Running);
    }

    internal void Heal(ServerFault fault)
    {
        if (!_faults.Remove(fault)) return;
        _ledger.Write(Number, Fact.FaultEnded, Words.Of(fault));
        if (fault == ServerFault.NetworkDetached) RunningChanged?.Invoke(this, Running);
    }

    private void Happen(ServerFault fault)
    {
        switch (fault)
        {
            case ServerFault.PowerLost:
                LosePower();
                break;
            case ServerFault.BoardSwapped:
                ReplaceBoard();
                break;
            default:
                ChangeDisks(fault);
                break;
        }
    }

    private void LosePower()
    {
        _ledger.Write(Number, Fact.PowerLost);
        Become(new RunningSystem.PoweredOff());
        Then(s_outage, () =>
        {
            _ledger.Write(Number, Fact.PowerReturned);
            FirmwareBoot();
        });
    }

    private void ReplaceBoard()
    {
        lock (_gate)
        {
            var mac = $"{Description.PrimaryMac[..^8]}{_random.Next(256):x2}:{_random.Next(256):x2}:{_random.Next(256):x2}";
            Description = Description with { PrimaryMac = mac, SystemUuid = new Guid(_random.Next(), 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]).ToString() };
        }

        _ledger.Write(Number, Fact.HardwareReplaced, $"board {Description.PrimaryMac}");
    }
}
