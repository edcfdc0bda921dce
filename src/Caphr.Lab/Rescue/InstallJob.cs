using System.Net;
using System.Security.Cryptography;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>The detached writer of one attempt: really downloads, takes a disk's time, and dies with the boot, leaving the disk half written.</summary>
internal sealed class InstallJob(LabServer server, LabDisk disk, InstallRequest request, LabWorld world, HttpClient http, CancellationToken power)
{
    // What a Talos image unpacks to.
    private const long ImageBytes = 4L << 30;

    private readonly Lock _gate = new();
    private AttemptState _state = AttemptState.Running;
    private InstallProblem? _problem;
    private string? _sha256;
    private DateTimeOffset? _writingSince;

    internal string Attempt => request.Attempt;

    internal InstallStatus Status
    {
        get
        {
            lock (_gate) return new InstallStatus(_state, Written(), null, _problem, _sha256);
        }
    }

    internal void Start() => _ = Task.Run(RunAsync, CancellationToken.None);

    private async Task RunAsync()
    {
        try
        {
            End(await WriteAsync());
        }
        catch (OperationCanceledException)
        {
            // The boot ended. Nobody can ask this job any more.
        }
    }

    private async Task<InstallProblem?> WriteAsync()
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var url) || !url.IsLoopback || url.Scheme is not ("http" or "https"))
            return new InstallProblem(InstallError.DownloadFailed, "curl ended with 6: the Lab reaches nothing beyond this machine.");

        string sha256;
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, power);
            if (response.StatusCode != HttpStatusCode.OK)
                return new InstallProblem(InstallError.DownloadFailed, $"curl ended with 22: The requested URL returned error: {(int)response.StatusCode}");
            StartWriting();
            await using var body = await response.Content.ReadAsStreamAsync(power);
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, power));
        }
        catch (HttpRequestException exception)
        {
            return new InstallProblem(InstallError.DownloadFailed, $"curl ended with 7: {exception.HttpRequestError}");
        }
        catch (IOException)
        {
            return new InstallProblem(InstallError.DownloadFailed, "curl ended with 18: transfer closed with data remaining to read");
        }

        await Task.Delay(world.Time.Scaled(world.Options.Times.ImageWrite), world.Time.Clock, power);
        lock (_gate) _sha256 = sha256;
        if (request.Sha256 is { } expected && !expected.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            return new InstallProblem(InstallError.ChecksumMismatch, $"Expected {expected}.");
        if (VersionOf(url) is not { } version)
            return new InstallProblem(InstallError.NotAnImage, $"There is no partition table on /dev/{disk.Name} after writing.");

        power.ThrowIfCancellationRequested();
        server.EndDiskWrite(disk, new DiskContent.Talos(version, MachineConfiguration: null), request.Attempt);
        return null;
    }

    private void StartWriting()
    {
        lock (_gate) _writingSince = world.Time.Now;
        server.BeginDiskWrite(disk, request.Attempt);
    }

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
        if (_state == AttemptState.Done) return ImageBytes;
        if (_writingSince is not { } since) return 0;
        var part = (world.Time.Now - since) / world.Time.Scaled(world.Options.Times.ImageWrite);
        return (long)(ImageBytes * Math.Clamp(part, 0, 1));
    }

    /// <summary>Of a factory's path, <c>/image/{schematic}/{version}/{file}</c>.</summary>
    private static string? VersionOf(Uri url) => url.Segments is [.., "image/", _, var version, _] ? version.TrimEnd('/') : null;
}
