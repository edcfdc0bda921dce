using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

/// <summary>
/// The unchanged agent on real block devices with the real tools, started by dash as by a login shell. Only what a loop device lacks is made
/// up: lsblk is told to call it a disk, and which serial number it has.
/// </summary>
internal sealed class RescueGround : IAsyncDisposable
{
    public const long MiB = 1 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("caphr-ground-");
    private readonly List<LoopDisk> _disks = [];
    private readonly Dictionary<string, object> _told = [];
    private readonly string _agent;

    public RescueGround()
    {
        foreach (var directory in (string[])[Root, Run, Tools]) Directory.CreateDirectory(directory);
        FakeRescueRoot.LayOutMarkers(Root);
        _agent = Path.Combine(_directory.FullName, "agent");
        File.WriteAllBytes(_agent, AgentScript.Text.ToArray());
        Tool("lsblk", $$"""
            set -o pipefail
            /usr/bin/lsblk "$@" | jq --slurpfile told {{Root}}/disks.json --arg last "${!#}" '
              .blockdevices |= map(select($told[0][.path] or ($last | startswith("/"))) | if $told[0][.path] | not then . else
                .type = "disk" | . as $disk | . * ($told[0][.path] | with_entries(.key as $key | select($disk | has($key)))) end)'
            """);
    }

    public static ServerIdentity Identity { get; } = new(FakeRescueRoot.Mac, FakeRescueRoot.SystemUuid);

    public string Root => Path.Combine(_directory.FullName, "root");

    public string Run => Path.Combine(_directory.FullName, "run");

    private string Tools => Path.Combine(_directory.FullName, "tools");

    public static DiskIdentity Disk(string serial) => new(Serial: serial);

    public void Tool(string name, string script) => FakeRescueRoot.Tool(Tools, name, script);

    public async Task<LoopDisk> AddDiskAsync(long bytes, string serial)
    {
        var disk = await LoopDisk.AttachAsync(Path.Combine(_directory.FullName, string.Create(CultureInfo.InvariantCulture, $"disk{_disks.Count}")), bytes);
        _disks.Add(disk);
        _told[disk.Path] = new { name = string.Create(CultureInfo.InvariantCulture, $"nvme{_disks.Count - 1}n1"), serial, model = "LOOP", tran = "nvme" };
        await File.WriteAllTextAsync(Path.Combine(Root, "disks.json"), JsonSerializer.Serialize(_told));
        return disk;
    }

    public Task<Outcome<ServerInventory, RescueFailure>> InspectAsync() => AskAsync("inspect", new EmptyRequest(), AgentJson.Default.EmptyRequest, AgentJson.Default.ServerInventory);

    public Task<Outcome<WipeReport, RescueFailure>> WipeAsync(WipeRequest request) => AskAsync("wipe", request, AgentJson.Default.WipeRequest, AgentJson.Default.WipeReport);

    public Task<Outcome<FullWipeStatus, RescueFailure>> WipeFullyAsync(FullWipeRequest request) => AskAsync("wipe", request, AgentJson.Default.FullWipeRequest, AgentJson.Default.FullWipeStatus);

    public Task<Outcome<InstallStatus, RescueFailure>> InstallAsync(InstallRequest request) => AskAsync("install", request, AgentJson.Default.InstallRequest, AgentJson.Default.InstallStatus);

    public Task<Outcome<SeedReport, RescueFailure>> SeedAsync(SeedRequest request) => AskAsync("seed", request, AgentJson.Default.SeedRequest, AgentJson.Default.SeedReport);

    public Task<Outcome<FirmwareReport, RescueFailure>> OrderBootAsync(FirmwareRequest request) => AskAsync("efi", request, AgentJson.Default.FirmwareRequest, AgentJson.Default.FirmwareReport);

    public async Task<InstallStatus> StatusAsync(string attempt)
    {
        var outcome = await AskAsync("status", new StatusRequest(attempt), AgentJson.Default.StatusRequest, AgentJson.Default.InstallStatus);
        Assert.True(outcome.Succeeded, outcome.Failure?.ToString());
        return outcome.Value;
    }

    public async Task<FullWipeStatus> EndOfFullWipeAsync(FullWipeRequest request)
    {
        FullWipeStatus? status = null;
        await Eventually.BecomesTrueAsync(async () => (status = (await WipeFullyAsync(request)).Value).State != AttemptState.Running);
        return status!;
    }

    public async Task<InstallStatus> EndOfInstallAsync(string attempt)
    {
        InstallStatus? status = null;
        await Eventually.BecomesTrueAsync(async () => (status = await StatusAsync(attempt)).State != AttemptState.Running);
        return status!;
    }

    /// <summary>The process that carries out an attempt: the leader of its group.</summary>
    public async Task<int> WriterAsync(string attempt) =>
        int.Parse((await Sshd.RunAsync("pgrep", ["--oldest", "--full", $"{_agent} [a-z]+ {Run}/[a-z]+-{attempt}$"])).Trim(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Started()) await EndAsync(process);
        foreach (var disk in _disks) disk.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<Outcome<TAnswer, RescueFailure>> AskAsync<TRequest, TAnswer>(
        string verb, TRequest request, JsonTypeInfo<TRequest> requestShape, JsonTypeInfo<TAnswer> answerShape)
        where TAnswer : class
    {
        var start = new ProcessStartInfo("dash", ["-c", $"bash {_agent} {verb}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CAPHR_RUN"] = Run;
        start.Environment["CAPHR_ROOT"] = Root;
        start.Environment["PATH"] = $"{Tools}:/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, requestShape));
        process.StandardInput.Close();
        using var output = new MemoryStream();
        var complaints = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return AgentAnswer.Read(verb, new CommandResult(process.ExitCode, output.ToArray(), await complaints), answerShape);
    }

    /// <summary>What was started detached and still runs, known by its environment.</summary>
    private IEnumerable<Process> Started()
    {
        var mark = $"CAPHR_RUN={Run}\0";
        foreach (var process in Process.GetProcesses())
        {
            var environment = "";
            try
            {
                environment = File.ReadAllText($"/proc/{process.Id}/environ");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended, or belongs to the kernel.
            }

            if (environment.Contains(mark, StringComparison.Ordinal)) yield return process;
        }
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }
}
