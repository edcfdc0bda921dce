using System.Diagnostics;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>The shipped <c>caphr</c>, as a user runs it.</summary>
internal static class CaphrCommand
{
    public static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var caphr = Process.Start(new ProcessStartInfo("dotnet", [ControllerUnderTest.Executable, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = caphr.StandardError.ReadToEndAsync();
        var output = caphr.StandardOutput.ReadToEndAsync();
        await caphr.EndAsync();
        return (caphr.ExitCode, await output, await errors);
    }
}
