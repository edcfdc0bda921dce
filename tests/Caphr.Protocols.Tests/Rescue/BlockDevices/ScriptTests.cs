using System.Diagnostics;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

public sealed class ScriptTests
{
    [Fact]
    public async Task Shellcheck_finds_nothing_to_say_about_the_agent()
    {
        var start = new ProcessStartInfo("shellcheck", ["--severity=style", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(AgentScript.Text);
        process.StandardInput.Close();

        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
