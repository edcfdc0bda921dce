using System.Collections.Concurrent;
using Caphr.Lab.World;

namespace Caphr.Lab.Talos;

/// <summary>
/// The faults that are switched on, by server. What shows in the API at once does so with the next call; what belongs to a boot
/// (certificate, address, disks, clock) with the next time the API comes up.
/// </summary>
public sealed class LabTalosFaults
{
    private const string StaleVersion = "v1.9.0";

    private readonly ConcurrentDictionary<(int Server, TalosFault Fault), bool> _on = new();

    public void Inject(LabServer server, TalosFault fault)
    {
        _on[(server.Number, fault)] = true;
        if (fault == TalosFault.StateLost) server.ChangeTalos(talos => talos with { MachineConfiguration = null });
        if (fault == TalosFault.StaleMeta && server.Description.Disks[0] is { Content: not DiskContent.Talos } first)
            server.EndDiskWrite(first, new DiskContent.Talos(StaleVersion, MachineConfiguration: null), "a stale talos");
    }

    /// <summary>What was lost or written stays lost or written.</summary>
    public void Heal(LabServer server, TalosFault fault) => _on.TryRemove((server.Number, fault), out _);

    public bool IsOn(LabServer server, TalosFault fault) => _on.ContainsKey((server.Number, fault));
}
