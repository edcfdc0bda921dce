using Caphr.Lab.World.Deeds;

namespace Caphr.Lab.World.Faults;

/// <summary>
/// The one place that breaks things: tests, simulations and people on a command line all plan here, and every part of the Lab is broken
/// and healed from here. What was planned by chance draws from the world's seed.
/// </summary>
public sealed class FaultDesk
{
    private readonly Lock _gate = new();
    private readonly LabWorld _world;
    private readonly DeedLog _deeds;
    private readonly Random _random;
    private readonly List<IFaultyPart> _parts;
    private readonly List<PlannedFault> _waiting = [];

    internal FaultDesk(LabWorld world, DeedLog deeds, Random random)
    {
        _world = world;
        _deeds = deeds;
        _random = random;
        _parts = [new WorldPart(world)];
        world.Ledger.Written += Hear;
    }

    /// <summary>What waits for its moment.</summary>
    public IReadOnlyList<PlannedFault> Waiting
    {
        get { lock (_gate) return [.. _waiting]; }
    }

    /// <summary>What is broken now.</summary>
    public IReadOnlyList<LabFault> Standing => [.. Parts.SelectMany(part => part.Standing)];

    private IFaultyPart[] Parts
    {
        get { lock (_gate) return [.. _parts]; }
    }

    public void Register(IFaultyPart part)
    {
        lock (_gate) _parts.Add(part);
    }

    /// <returns>Null, or why nothing can come of it.</returns>
    public LabFailure? Plan(PlannedFault fault)
    {
        if (Unknown(fault.What) is { } unknown) return unknown;
        _deeds.Write(0, DeedKind.PlanFault, fault.ToString());
        switch (fault.When)
        {
            case FaultMoment.AtOnce:
                return Strike(fault.What, occasion: null);
            case FaultMoment.After(var wait):
                lock (_gate) _waiting.Add(fault);
                _world.Time.After(wait, () =>
                {
                    if (Forget(fault)) Strike(fault.What, occasion: null);
                });
                return null;
            default:
                lock (_gate) _waiting.Add(fault);
                return null;
        }
    }

    /// <summary>Ends the fault, and whatever is planned of it.</summary>
    public LabFailure? Heal(LabFault fault)
    {
        if (Unknown(fault) is { } unknown) return unknown;
        _deeds.Write(0, DeedKind.HealFault, fault.ToString());
        lock (_gate) _waiting.RemoveAll(planned => planned.What == fault);
        return Array.Exists(Parts, part => part.TryHeal(fault)) ? null : Absent(fault);
    }

    public void HealAll()
    {
        _deeds.Write(0, DeedKind.HealFault, FaultText.Everything);
        lock (_gate) _waiting.Clear();
        foreach (var fault in Standing) Array.Exists(Parts, part => part.TryHeal(fault));
    }

    private LabFailure? Strike(LabFault fault, int? occasion)
    {
        var meant = fault switch
        {
            LabFault.OfServer { Server: null } any => any with { Server = occasion },
            LabFault.OfTalos { Server: null } any => any with { Server = occasion },
            _ => fault,
        };
        if (meant is LabFault.OfServer { Server: null } or LabFault.OfTalos { Server: null }) return new LabFailure($"\"{fault}\" strikes any server on an occasion: say which, as in `on reset-pressed`.");
        return Array.Exists(Parts, part => part.TryBreak(meant)) ? null : Absent(fault);
    }

    /// <summary>What happened may be the moment something waits for. Strikes are outside the lock, as they make facts themselves.</summary>
    private void Hear(LedgerEntry entry)
    {
        if (entry.Fact is Fact.FaultBegan or Fact.FaultEnded) return;
        List<PlannedFault> struck = [];
        List<(PlannedFault Fault, double Share)> later = [];
        lock (_gate)
        {
            if (_waiting.Count == 0) return;
            foreach (var planned in _waiting.Where(planned => Concerns(planned.What, entry.Server)).ToList())
            {
                switch (planned.When)
                {
                    case FaultMoment.OnFact(var occasion) when occasion == entry.Fact:
                        _waiting.Remove(planned);
                        struck.Add(planned);
                        break;
                    case FaultMoment.InWrite(var share) when entry.Fact == Fact.DiskWriteStarted:
                        _waiting.Remove(planned);
                        later.Add((planned, share));
                        break;
                    case FaultMoment.ByChance(var probability, var occasion) when occasion == entry.Fact && _random.NextDouble() < probability:
                        struck.Add(planned);
                        break;
                    default:
                        break;
                }
            }
        }

        foreach (var planned in struck) Strike(planned.What, entry.Server);
        foreach (var (planned, share) in later) _world.Time.After(_world.Find(entry.Server)!.WriteTime * share, () => Strike(planned.What, entry.Server));
    }

    private bool Forget(PlannedFault fault)
    {
        lock (_gate) return _waiting.Remove(fault);
    }

    private static bool Concerns(LabFault fault, int server) => fault switch
    {
        LabFault.OfServer { Server: { } meant } => meant == server,
        LabFault.OfTalos { Server: { } meant } => meant == server,
        _ => true,
    };

    private LabFailure? Unknown(LabFault fault) => fault switch
    {
        LabFault.OfServer { Server: { } number } when _world.Find(number) is null => NoServer(number),
        LabFault.OfTalos { Server: { } number } when _world.Find(number) is null => NoServer(number),
        _ => null,
    };

    private LabFailure NoServer(int number) => _world.Servers.Count == 0
        ? new LabFailure($"There is no server {number}: this datacenter is empty.")
        : new LabFailure($"There is no server {number}: they are {_world.Servers[0].Number} to {_world.Servers[^1].Number}.");

    private static LabFailure Absent(LabFault fault) => new($"Nothing in this Lab can suffer \"{fault}\".");

    /// <summary>The servers and the clocks on the walls.</summary>
    private sealed class WorldPart(LabWorld world) : IFaultyPart
    {
        public IEnumerable<LabFault> Standing => world.Servers.SelectMany(server => server.Faults.Select(kind => new LabFault.OfServer(server.Number, kind)));

        public bool TryBreak(LabFault fault)
        {
            if (fault is LabFault.OfServer { Server: { } number } ofServer) world.Find(number)?.Break(ofServer.Kind, ofServer.Times);
            else if (fault is LabFault.OfClock clock) world.Time.Jump(clock.Jump);
            else return false;
            return true;
        }

        public bool TryHeal(LabFault fault)
        {
            if (fault is LabFault.OfServer { Server: { } number } ofServer) world.Find(number)?.Heal(ofServer.Kind);
            else if (fault is LabFault.OfServer any) HealEverywhere(any.Kind);
            else return false;
            return true;
        }

        private void HealEverywhere(ServerFault kind)
        {
            foreach (var server in world.Servers) server.Heal(kind);
        }
    }
}
