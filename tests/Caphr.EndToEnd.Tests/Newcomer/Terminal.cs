using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;

namespace Caphr.EndToEnd.Tests.Newcomer;

/// <summary>A shell in the checkout, at which one command is typed.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<string> _lines = [];
    private readonly Process _process;

    private Terminal(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Lines => [.. _lines];

    public string Text => string.Join('\n', _lines);

    /// <param name="surroundings">Variables of the environment.</param>
    public static Terminal Open(string command, IReadOnlyDictionary<string, string> surroundings)
    {
        // A session of its own, as a terminal makes it, so that Ctrl-C reaches all that the command has started.
        // Who runs these tests in the background has Ctrl-C ignored, and children inherit that; a terminal's do not.
        var start = new ProcessStartInfo("setsid", ["env", "--default-signal=INT", "bash", "-c", command]) { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var variable in new[] { "KUBECONFIG", "MAKEFLAGS", "MAKELEVEL" }) start.Environment.Remove(variable);
        foreach (var (name, value) in surroundings) start.Environment[name] = value;
        return new Terminal(Process.Start(start)!);
    }

    public async Task<string> EventuallyAsync(string what, Regex line)
    {
        var since = TestLab.Clock.GetTimestamp();
        while (true)
        {
            if (_lines.Select(one => line.Match(one)).FirstOrDefault(match => match.Success) is { } found) return found.Value;
            if (_process.HasExited || TestLab.Clock.GetElapsedTime(since) > s_patience) Assert.Fail($"Never printed: {what}\n{Text}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestLab.Clock);
        }
    }

    /// <summary>For a command that goes on.</summary>
    public async Task EventuallyAsync(ShownCommand shown, string page)
    {
        var since = TestLab.Clock.GetTimestamp();
        while (Printed.Missing(shown.Output, Lines) is not null && !_process.HasExited && TestLab.Clock.GetElapsedTime(since) < s_patience) await Task.Delay(TimeSpan.FromMilliseconds(100), TestLab.Clock);
        AssertPrinted(shown, page);
    }

    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience, TestLab.Clock);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void AssertPrinted(ShownCommand shown, string page)
    {
        if (Printed.Missing(shown.Output, Lines) is { } missing) Assert.Fail($"{page}:{shown.Line}: {shown.Command} does not print: {missing}\nbut:\n{Text}");
    }

    public void Interrupt() => Signal("INT");

    public void Dispose()
    {
        if (!_process.HasExited) Signal("KILL");
        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start(new ProcessStartInfo("pkill", [$"-{name}", "-s", _process.Id.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
