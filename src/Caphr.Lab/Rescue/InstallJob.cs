using Caphr.Lab.World;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>The detached writer of one attempt: takes a disk's time, and dies with the boot, leaving the disk half written.</summary>
internal sealed class InstallJob(LabServer server, RunningSystem.Rescue rescue, LabDisk disk, InstallRequest request, LabTime time) : IImageSink
{
    private readonly Lock _gate = new();
    private AttemptState _state = AttemptState.Running;
    private InstallProblem? _problem;
    private string? _sha256;
    private long? _writingSince;

    internal string Attempt => request.Attempt;

    internal InstallStatus Status
    {
        get
        {
            lock (_gate) return new InstallStatus(_state, Written(), null, _problem, _sha256);
        }
    }

    /// <summary>Nobody can ask a job whose boot has ended, and it must touch no disk any more.</summary>
    private bool HasPower => ReferenceEquals(server.Running, rescue);

    public void Opened()
    {
        if (!HasPower) return;
        lock (_gate) _writingSince = time.Clock.GetTimestamp();
        server.BeginDiskWrite(disk, request.Attempt);
    }

    public void Ended(string sha256)
    {
        if (!HasPower) return;
        var isExpected = request.Sha256 is not { } expected || expected.Equals(sha256, StringComparison.OrdinalIgnoreCase);
        var version = TalosImage.VersionOf(new Uri(request.Url));
        server.WriteDisk(disk, isExpected ? version : null, request.Attempt, tookIt =>
        {
            lock (_gate) _sha256 = sha256;
            if (!tookIt) End(new InstallProblem(InstallError.WriteFailed, "dd: error writing: Input/output error"));
            else if (!isExpected) End(new InstallProblem(InstallError.ChecksumMismatch, $"Expected {request.Sha256}."));
            else if (version is null) End(new InstallProblem(InstallError.NotAnImage, $"There is no partition table on /dev/{disk.Name} after writing."));
            else End(problem: null);
        });
    }

    public void Failed(string why) => End(new InstallProblem(InstallError.DownloadFailed, why));

    private void End(InstallProblem? problem)
    {
        lock (_gate)
        {
            _problem = problem;
            _state = problem is null ? AttemptState.Done : AttemptState.Failed;
        }
    }

    private long Written()
    {
        if (_state == AttemptState.Done) return TalosImage.Bytes;
        return _writingSince is { } since ? server.Written(TalosImage.Bytes, since) : 0;
    }
}
