using System.Diagnostics;
using Caphr.Lab;

namespace Caphr.EndToEnd.Tests.Tidy;

/// <summary>The checkout these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Repository.Find()?.Root ?? throw new InvalidOperationException("These tests must run from a checkout: no Caphr.sln above them.");

    public static IReadOnlyList<string> Files { get; } = Listed();

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string[] Listed()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"]) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(Root, file)))];
    }
}
