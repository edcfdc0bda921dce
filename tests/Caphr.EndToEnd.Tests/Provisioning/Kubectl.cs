using System.Diagnostics;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>The real kubectl, as a user runs it.</summary>
internal static class Kubectl
{
    /// <param name="log">What else to show if it fails.</param>
    public static async Task<string> RunAsync(string kubeconfig, string input, string[] arguments, Func<IEnumerable<string>> log)
    {
        var start = new ProcessStartInfo("kubectl", ["--kubeconfig", kubeconfig, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var kubectl = Process.Start(start)!;
        var output = kubectl.StandardOutput.ReadToEndAsync();
        var errors = kubectl.StandardError.ReadToEndAsync();
        await kubectl.StandardInput.WriteAsync(input);
        kubectl.StandardInput.Close();
        await kubectl.EndAsync();
        Assert.True(kubectl.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {await errors}\n{string.Join('\n', log().TakeLast(40))}");
        return await output;
    }
}
