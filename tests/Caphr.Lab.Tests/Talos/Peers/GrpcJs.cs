using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Caphr.Lab.Tests.Talos.Peers;

/// <summary>The programs of tests/peers/talos-node, with their packages installed once below artifacts.</summary>
internal static class GrpcJs
{
    private const string Stamp = "installed";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static readonly Lazy<Task<string>> s_folder = new(InstallAsync);

    /// <summary>Starts one of the programs; the caller ends it.</summary>
    public static async Task<Process> StartAsync(string program, params IReadOnlyList<string> arguments)
    {
        var folder = await s_folder.Value;
        return Launch("node", folder, [program, .. arguments]);
    }

    private static async Task<string> InstallAsync()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Caphr.sln"))) root = root.Parent!;
        var source = Path.Combine(root.FullName, "tests", "peers", "talos-node");
        var folder = Directory.CreateDirectory(Path.Combine(root.FullName, "artifacts", "peers", "talos-node")).FullName;
        foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);

        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))));
        var stamp = Path.Combine(folder, Stamp);
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return folder;

        using var npm = Launch("npm", folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        npm.StandardInput.Close();
        var said = Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync().WaitAsync(s_patience);
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm could not install the packages of tests/peers/talos-node: {string.Concat(await said).Trim()}");
        await File.WriteAllTextAsync(stamp, wanted);
        return folder;
    }

    private static Process Launch(string file, string folder, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"'{file}' is missing: install the Debian packages nodejs and npm (make setup does).");
        }
    }
}
