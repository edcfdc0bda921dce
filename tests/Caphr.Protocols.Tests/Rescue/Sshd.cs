using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using Caphr.Protocols.Rescue;

// The rescue tests start sshd and bash, as the controller itself runs on Linux alone.
[assembly: SupportedOSPlatform("linux")]

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>A real OpenSSH server of the test's own, on a loopback port, with host keys of its own. It ends with the test.</summary>
internal sealed class Sshd : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";
    private const string CannotBind = "Cannot bind any address";
    private const int Attempts = 5;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("caphr-sshd-");
    private Process? _process;

    private Sshd() { }

    public RescueEndpoint Endpoint { get; private set; } = new(IPAddress.Loopback, 0);

    public string HostKeyFingerprint { get; private set; } = "";

    /// <summary>A place whose contents the logged-in commands find in CAPHR_RUN and CAPHR_ROOT.</summary>
    public string Root => Path.Combine(_directory.FullName, "root");

    public string Run => Path.Combine(_directory.FullName, "run");

    public string Tools => Path.Combine(_directory.FullName, "tools");

    private string Log => Path.Combine(_directory.FullName, "log");

    public static async Task<Sshd> StartAsync(IEnumerable<string> authorizedKeys, string hostKeyType = "ed25519")
    {
        if (!File.Exists(Program)) throw new InvalidOperationException("The client is held against a real sshd: install the package openssh-server.");
        var sshd = new Sshd();
        await sshd.StartProcessAsync(authorizedKeys, hostKeyType);
        return sshd;
    }

    /// <summary>Makes a key pair by OpenSSH's own tool and gives the private half's text.</summary>
    public static async Task<(string PrivateKey, string PublicLine)> KeygenAsync(params string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("caphr-keygen-");
        try
        {
            var file = Path.Combine(directory.FullName, "key");
            await RunAsync("ssh-keygen", ["-q", "-N", "", "-C", "test", "-f", file, .. arguments]);
            return (await File.ReadAllTextAsync(file), (await File.ReadAllTextAsync(file + ".pub")).Trim());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        return output;
    }

    /// <summary>Ends the listener and every session of it at once.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task StartProcessAsync(IEnumerable<string> authorizedKeys, string hostKeyType)
    {
        foreach (var directory in (string[])[Root, Run, Tools]) Directory.CreateDirectory(directory);
        // sshd insists on this directory for its unprivileged half when root runs it.
        if (Environment.IsPrivilegedProcess) Directory.CreateDirectory("/run/sshd");

        var hostKeyFile = Path.Combine(_directory.FullName, "host_key");
        await RunAsync("ssh-keygen", ["-q", "-N", "", "-t", hostKeyType, "-f", hostKeyFile]);
        var hostKeyLine = await File.ReadAllTextAsync(hostKeyFile + ".pub");
        HostKeyFingerprint = Caphr.Protocols.Rescue.HostKey.FromBlob(Convert.FromBase64String(hostKeyLine.Split(' ')[1])).Sha256Fingerprint;

        var keysFile = Path.Combine(_directory.FullName, "authorized_keys");
        await File.WriteAllLinesAsync(keysFile, authorizedKeys);

        for (var attempt = 1; !await TryListenAsync(hostKeyFile, keysFile); attempt++)
        {
            // Between our finding a free port and sshd's taking it, somebody else may have taken it.
            if (attempt == Attempts) throw new InvalidOperationException($"sshd does not start: {await File.ReadAllTextAsync(Log)}");
        }
    }

    /// <summary>False if somebody else has the port.</summary>
    private async Task<bool> TryListenAsync(string hostKeyFile, string keysFile)
    {
        File.Delete(Log);
        Endpoint = new RescueEndpoint(IPAddress.Loopback, FreePort.Take());
        var configuration = Path.Combine(_directory.FullName, "sshd_config");
        await File.WriteAllTextAsync(configuration, $"""
            ListenAddress 127.0.0.1:{Endpoint.Port}
            HostKey {hostKeyFile}
            AuthorizedKeysFile {keysFile}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            MaxStartups 500
            SetEnv CAPHR_RUN={Run} CAPHR_ROOT={Root} PATH={Tools}:/usr/sbin:/usr/bin:/sbin:/bin

            """);

        // The shell ends sshd when its input ends, and that ends with the test's process, however that goes.
        _process = Process.Start(new ProcessStartInfo("bash", ["-c", """ "$@" & read -r; kill $! """, "-", Program, "-D", "-E", Log, "-f", configuration])
        {
            RedirectStandardInput = true,
        })!;
        var said = "";
        await Eventually.BecomesTrueAsync(() =>
            _process.HasExited || (said = File.Exists(Log) ? File.ReadAllText(Log) : "").Contains("listening on", StringComparison.Ordinal) || said.Contains(CannotBind, StringComparison.Ordinal));
        if (_process.HasExited) throw new InvalidOperationException($"sshd did not start: {said}");
        if (!said.Contains(CannotBind, StringComparison.Ordinal)) return true;
        await KillAsync();
        _process.Dispose();
        return false;
    }
}
