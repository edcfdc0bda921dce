using System.Collections.Concurrent;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Talos;

/// <summary>
/// The faults that are switched on, by server. What shows in the API at once does so with the next call; what belongs to a boot
/// (certificate, address, disks, clock) with the next time the API comes up.
/// </summary>
public sealed class LabTalosFaults : IFaultyPart
{
    private const string StaleVersion = "v1.9.0";

    private readonly ConcurrentDictionary<(int Server, TalosFault Fault), bool> _on = new();

    private readonly LabWorld _world;

    internal LabTalosFaults(LabWorld world)
    {
        _world = world;
        world.Faults.Register(this);
    }

    public IEnumerable<LabFault> Standing => _on.Keys.Order().Select(key => new LabFault.OfTalos(key.Server, key.Fault));

    public bool TryBreak(LabFault fault)
    {
        if (fault is not LabFault.OfTalos { Server: { } number, Kind: var kind } || _world.Find(number) is not { } server) return false;
        Inject(server, kind);
        return true;
    }

    public bool TryHeal(LabFault fault)
    {
        if (fault is not LabFault.OfTalos ofTalos) return false;
        foreach (var server in ofTalos.Server is { } number ? [_world.Find(number)!] : _world.Servers) Heal(server, ofTalos.Kind);
        return true;
    }

    public void Inject(LabServer server, TalosFault fault)
    {
        _on[(server.Number, fault)] = true;
        if (fault == TalosFault.StateLost) server.ForgetConfiguration();
        if (fault == TalosFault.StaleMeta && server.Description.Disks[0] is { Content: not DiskContent.Talos } first)
            server.EndDiskWrite(first, new DiskContent.Talos(StaleVersion, MachineConfiguration: null), "a stale talos");
    }

    /// <summary>What was lost or written stays lost or written.</summary>
    public void Heal(LabServer server, TalosFault fault) => _on.TryRemove((server.Number, fault), out _);

    public bool IsOn(LabServer server, TalosFault fault) => _on.ContainsKey((server.Number, fault));
}
