using System.Diagnostics;
using System.Globalization;
using Caphr.EndToEnd.Tests.Tidy;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>The shipped executable as a process of its own, to be killed and started again.</summary>
internal sealed class ControllerUnderTest : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly Process _process;

    private ControllerUnderTest(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Log
    {
        get { lock (_gate) return [.. _log]; }
    }

    /// <summary>What it has worked so far, of all its threads together.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory that is in use, shared libraries included.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public bool HasEnded => _process.HasExited;

    public static ControllerUnderTest Start(string kubeconfig, string data, Uri robot, int rescuePort, int talosPort, params string[] more) => new(Process.Start(new ProcessStartInfo("dotnet",
    [
        Executable, "run",
        "--kubeconfig", kubeconfig,
        "--data-dir", data,
        "--robot-url", robot.AbsoluteUri,
        "--rescue-port", rescuePort.ToString(CultureInfo.InvariantCulture),
        "--talos-port", talosPort.ToString(CultureInfo.InvariantCulture),
        .. more,
    ])
    { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>With a command line and an environment that are not made here, such as a pod's.</summary>
    public static ControllerUnderTest StartAs(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Executable, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new ControllerUnderTest(Process.Start(start)!);
    }

    /// <summary>SIGSTOP: it stands still between two instructions, and its connections stay open.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    /// <summary>SIGTERM, as Kubernetes ends a pod.</summary>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        await _process.EndAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no last words, no flush.</summary>
    public void Dispose()
    {
        // One that has been frozen hears of nothing but this.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Built with the same configuration as these tests, unless another one is named, such as one that is compiled beforehand.</summary>
    public static string Executable => Environment.GetEnvironmentVariable("CAPHR_EXECUTABLE") is { Length: > 0 } named ? named : Path.Combine(
        Checkout.Root, "artifacts", "bin", "Caphr.Host", new DirectoryInfo(AppContext.BaseDirectory).Name, "Caphr.Host.dll");

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_gate) _log.Add(line);
    }
}
