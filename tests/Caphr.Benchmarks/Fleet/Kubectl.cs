using System.Diagnostics;

namespace Caphr.Benchmarks.Fleet;

internal static class Kubectl
{
    public static async Task ApplyAsync(string kubeconfig, string manifests)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["--kubeconfig", kubeconfig, "apply", "-f", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.StandardInput.WriteAsync(manifests);
        kubectl.StandardInput.Close();
        await kubectl.WaitForExitAsync();
        await output;
        if (kubectl.ExitCode != 0) throw new InvalidOperationException("kubectl could not apply the fleet; its words are above.");
    }
}
