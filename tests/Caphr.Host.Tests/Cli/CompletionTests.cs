using System.Diagnostics;
using Caphr.Host.Tests.Diagnostics;

namespace Caphr.Host.Tests.Cli;

/// <summary>The script, as a real bash uses it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("caphr ser", "server")]
    [InlineData("caphr server ", "config-diff list show story --help")]
    [InlineData("caphr server st", "story")]
    [InlineData("caphr server story --fo", "--follow")]
    [InlineData("caphr journal ex", "export")]
    [InlineData("caphr run --postgres", "--postgres-file")]
    [InlineData("caphr completion ", "bash zsh --help")]
    [InlineData("caphr run --lease-seconds 5 --wat", "--watch-filter")]
    [InlineData("caphr nonsense --xyz", "")]
    public async Task Bash_completes_what_may_follow(string typed, string offered)
    {
        var (_, script, _) = await DeskUnderTest.RunAsync("completion", "bash");
        var words = string.Join(' ', typed.Split(' ').Select(word => $"\"{word}\""));
        var asked = $"{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _caphr; echo \"${{COMPREPLY[*]}}\"\n";
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-u", "-c", asked]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/proc/self/attr" })!;
        var (output, errors) = (await bash.StandardOutput.ReadToEndAsync(), await bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();

        Assert.Equal("", errors);
        Assert.Equal(offered.Split(' ').Order(), output.TrimEnd('\n').Split(' ').Where(word => word is not ("-h" or "-?" or "/h" or "/?" or "-f" or "-v")).Order());
    }

    [Fact]
    public async Task Every_verb_is_in_both_scripts()
    {
        foreach (var shell in new[] { "bash", "zsh" })
        {
            var (exit, script, _) = await DeskUnderTest.RunAsync("completion", shell);
            Assert.Equal(0, exit);
            foreach (var verb in new[] { "run", "explain", "actor tree", "shard list", "member list", "robot budget", "journal import", "config print" }) Assert.Contains($"\" {verb}\"", script, StringComparison.Ordinal);
        }
    }
}
