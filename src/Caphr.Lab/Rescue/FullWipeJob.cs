using Caphr.Lab.World;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>The detached writer of zeros: takes a disk's time, and a boot that ends takes it along with the disk half written.</summary>
internal sealed class FullWipeJob : IDisposable
{
    private readonly LabDisk _disk;
    private readonly LabWorld _world;
    private readonly DateTimeOffset _since;
    private readonly IReadOnlyList<string> _removed;
    private readonly ITimer _end;
    private volatile bool _done;

    internal FullWipeJob(LabServer server, LabDisk disk, string attempt, LabWorld world)
    {
        (Attempt, _disk, _world, _since, _removed) = (attempt, disk, world, world.Time.Now, disk.Signatures);
        server.BeginDiskWrite(disk, attempt);
        _end = world.Time.After(world.Options.Times.ImageWrite, () =>
        {
            server.WipeDisk(disk);
            _done = true;
        });
    }

    internal string Attempt { get; }

    internal FullWipeStatus Status
    {
        get
        {
            if (_done) return new FullWipeStatus(AttemptState.Done, _disk.SizeBytes, null, _removed);
            var part = (_world.Time.Now - _since) / _world.Time.Scaled(_world.Options.Times.ImageWrite);
            return new FullWipeStatus(AttemptState.Running, (long)(_disk.SizeBytes * Math.Clamp(part, 0, 1)), null, _removed);
        }
    }

    public void Dispose() => _end.Dispose();
}
