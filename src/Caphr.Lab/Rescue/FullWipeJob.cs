using Caphr.Lab.World;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>The detached writer of zeros: takes a disk's time, and a boot that ends takes it along with the disk half written.</summary>
internal sealed class FullWipeJob
{
    private readonly LabServer _server;
    private readonly LabDisk _disk;
    private readonly long _since;
    private readonly IReadOnlyList<string> _removed;
    private volatile bool _done;

    internal FullWipeJob(LabServer server, LabDisk disk, string attempt, LabTime time)
    {
        (Attempt, _server, _disk, _since, _removed) = (attempt, server, disk, time.Clock.GetTimestamp(), disk.Signatures);
        server.WipeDiskFully(disk, attempt, () => _done = true);
    }

    internal string Attempt { get; }

    internal FullWipeStatus Status
    {
        get
        {
            return _done
                ? new FullWipeStatus(AttemptState.Done, _disk.SizeBytes, null, _removed)
                : new FullWipeStatus(AttemptState.Running, _server.Written(_disk.SizeBytes, _since), null, _removed);
        }
    }
}
