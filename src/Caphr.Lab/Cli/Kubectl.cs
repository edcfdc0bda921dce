using System.ComponentModel;
using System.Diagnostics;

namespace Caphr.Lab.Cli;

/// <summary>The real kubectl, as a newcomer has it.</summary>
internal sealed class Kubectl(string kubeconfig)
{
    /// <returns>Null when it went well.</returns>
    public async Task<LabFailure?> ApplyAsync(string manifests, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("kubectl", ["--kubeconfig", kubeconfig, "apply", "-f", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var kubectl = Process.Start(start) ?? throw new UnreachableException("A new process is always a new one.");
            var output = kubectl.StandardOutput.ReadToEndAsync(cancellation);
            var errors = kubectl.StandardError.ReadToEndAsync(cancellation);
            await kubectl.StandardInput.WriteAsync(manifests.AsMemory(), cancellation);
            kubectl.StandardInput.Close();
            await kubectl.WaitForExitAsync(cancellation);
            await output;
            return kubectl.ExitCode == 0 ? null : new LabFailure($"kubectl apply failed: {(await errors).Trim()}");
        }
        catch (Win32Exception)
        {
            return new LabFailure("kubectl is not on the PATH. Install it (Debian: apt-get install kubernetes-client) and run this again.");
        }
    }
}
