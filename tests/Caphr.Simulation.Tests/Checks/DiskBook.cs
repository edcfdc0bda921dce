using Caphr.Actors.Servers;
using Caphr.Lab.World;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>Whose data is on which disk, and for which intents it was written.</summary>
internal sealed class DiskBook
{
    private readonly HashSet<string> _somebodys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ours = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _intents = [];
    private readonly Dictionary<int, int> _writes = [];

    /// <summary>It holds somebody's data from here on.</summary>
    public void Give(LabDisk disk) => _somebodys.Add(disk.Serial);

    public bool IsSomebodys(LedgerEntry written) => _somebodys.Contains(SerialIn(written));

    /// <summary>A controller has begun to write to it, and it was not emptied since.</summary>
    public bool HoldsOurs(LabDisk disk) => disk.Content is not DiskContent.Empty && _ours.Contains(disk.Serial);

    /// <summary>More was written than was intended before. Null: it was not.</summary>
    public string? Exceeds(LedgerEntry written)
    {
        if (written.Fact != Fact.DiskWriteStarted) return null;
        var (writes, intents) = (_writes[written.Server] = _writes.GetValueOrDefault(written.Server) + 1, _intents.GetValueOrDefault(written.Server));
        return writes > intents ? $"server {written.Server} was written {writes} times for {intents} intents in the journal." : null;
    }

    public void Hear(int server, ServerEvent happened)
    {
        if (happened is ServerEvent.InstallIntended) _intents[server] = _intents.GetValueOrDefault(server) + 1;
    }

    public void Hear(LedgerEntry entry, LabServer server)
    {
        switch (entry.Fact)
        {
            case Fact.DiskWriteStarted:
                _ours.Add(SerialIn(entry));
                break;
            case Fact.DiskWiped:
                _ours.Remove(SerialIn(entry));
                break;
            case Fact.TalosReset:
                _ours.ExceptWith(server.Description.Disks.Select(disk => disk.Serial));
                break;
            // An old Talos in the place of somebody's data is nobody's again.
            case Fact.DiskWritten or Fact.HardwareReplaced:
                _somebodys.ExceptWith(server.Description.Disks.Where(disk => disk.Content is DiskContent.Talos).Select(disk => disk.Serial));
                break;
        }
    }

    private static string SerialIn(LedgerEntry entry) => entry.Detail.Split(' ')[0];
}
