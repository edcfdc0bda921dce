using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Caphr.Lab.Cli;

/// <summary>
/// The controller under demonstration, as a process of its own. It ends with the Lab: by SIGTERM when the Lab ends in good order, and by
/// the kernel's hand (PR_SET_PDEATHSIG, set by setpriv where there is one) when the Lab is killed.
/// </summary>
internal sealed partial class ControllerProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int LastWordsKept = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<string> _lastWords = new();
    private readonly TimeProvider _clock;
    private readonly StreamWriter _log;
    private readonly Process _process;

    private ControllerProcess(Process process, string log, TimeProvider clock)
    {
        _process = process;
        _clock = clock;
        _log = new StreamWriter(log) { AutoFlush = true };
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Built beside the Lab.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "Caphr.Host.dll");

    public Task Exited { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>The end of its log.</summary>
    public string[] LastWords
    {
        get { lock (_gate) return [.. _lastWords]; }
    }

    public static async Task<ControllerProcess> StartAsync(Datacenter lab, Workplace workplace, TimeProvider clock)
    {
        string[] arguments =
        [
            Executable, "run",
            "--kubeconfig", workplace.Kubeconfig,
            "--data-dir", workplace.ControllerData,
            "--socket", workplace.ControllerSocket,
            "--robot-url", lab.Robot.BaseAddress.AbsoluteUri,
            "--rescue-port", lab.Options.Ports.Rescue.ToString(CultureInfo.InvariantCulture),
            "--talos-port", lab.Options.Ports.Talos.ToString(CultureInfo.InvariantCulture),
        ];
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = OnPath("setpriv")
            ? new ProcessStartInfo("setpriv", ["--pdeathsig", "TERM", dotnet, .. arguments])
            : new ProcessStartInfo(dotnet, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // The kernel means the thread that started the child, not the process, so that thread must live as long as the Lab.
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var process = Process.Start(start) ?? throw new UnreachableException("A new process is always a new one.");
            started.SetResult(process);
            process.WaitForExit();
        })
        { IsBackground = true, Name = "parent of the controller" }.Start();
        return new ControllerProcess(await started.Task, workplace.ControllerLog, clock);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Sigterm);
            await Task.WhenAny(Exited, Task.Delay(s_patience, _clock));
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await Exited;
        }

        _process.Dispose();
        lock (_gate) _log.Dispose();
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    private void Log(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            _log.WriteLine(line);
            if (_lastWords.Count == LastWordsKept) _lastWords.Dequeue();
            _lastWords.Enqueue(line);
        }
    }
}
