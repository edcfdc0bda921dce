using System.Diagnostics;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>What <c>make release</c> writes, made once for all tests that look at it.</summary>
public sealed class ReleaseFolder : IAsyncLifetime
{
    public const string Version = "v0.1.0";

    public string Folder { get; } = Directory.CreateTempSubdirectory("caphr-release-").FullName;

    public string Release => Path.Combine(Folder, "infrastructure-hetzner-robot", Version);

    public async Task InitializeAsync()
    {
        var (exit, error) = await MakeAsync(Version, Folder);
        Assert.True(exit == 0, error);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    public static async Task<(int Exit, string Error)> MakeAsync(string version, string folder)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Checkout.Root, "deploy", "clusterctl", "release"), version, folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = script.StandardOutput.ReadToEndAsync();
        var error = script.StandardError.ReadToEndAsync();
        await script.EndAsync();
        await said;
        return (script.ExitCode, await error);
    }
}
