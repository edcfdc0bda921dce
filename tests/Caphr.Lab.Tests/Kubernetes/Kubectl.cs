using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>The real kubectl of this computer, with a home and a kubeconfig that are nobody's.</summary>
internal sealed class Kubectl : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-kubectl-");

    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public void Dispose() => _folder.Delete(recursive: true);

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await StartAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output) = await StartAsync(arguments);
        Assert.True(code != 0, $"kubectl {string.Join(' ', arguments)} should have failed: {output}");
        return output;
    }

    /// <summary>Reads what a command without an end prints until the line that was waited for, and ends it.</summary>
    public async Task<IReadOnlyList<string>> UntilAsync(Func<string, bool> isLast, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(s_limit, new LabSession.RealClock());
        using var kubectl = Launch(arguments);
        var lines = new List<string>();
        try
        {
            while (await kubectl.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                lines.Add(line);
                if (isLast(line)) return lines;
            }
        }
        finally
        {
            kubectl.Kill();
            await kubectl.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Fail($"kubectl {string.Join(' ', arguments)} ended by itself: {string.Join('\n', lines)} {await kubectl.StandardError.ReadToEndAsync(limit.Token)}");
        return lines;
    }

    /// <summary>
    /// Debian's kubectl is of 2021. It explains, and refuses unknown fields, by OpenAPI v2 only, which the Lab does not serve in full; all
    /// else of the session is the same for it.
    /// </summary>
    public async Task<bool> ReadsOpenApiV3Async()
    {
        using var version = JsonDocument.Parse(await RunAsync("version", "--client", "-o", "json"));
        return int.Parse(version.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!.TrimEnd('+'), CultureInfo.InvariantCulture) >= 27;
    }

    private async Task<(int Code, string Output)> StartAsync(string[] arguments)
    {
        using var limit = new CancellationTokenSource(s_limit, new LabSession.RealClock());
        using var kubectl = Launch(arguments);
        var (output, errors) = (kubectl.StandardOutput.ReadToEndAsync(limit.Token), kubectl.StandardError.ReadToEndAsync(limit.Token));
        await kubectl.WaitForExitAsync(limit.Token);
        return (kubectl.ExitCode, (await output + await errors).Trim());
    }

    private Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Kubeconfig;
        start.Environment["HOME"] = _folder.FullName;
        try
        {
            var kubectl = Process.Start(start)!;
            // Nobody is there to answer a question.
            kubectl.StandardInput.Close();
            return kubectl;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs the kubectl binary on the PATH, and it is not there.", missing);
        }
    }
}
