using System.Text.RegularExpressions;
using Caphr.Actors.Servers;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Tests.Crds;

/// <summary>docs/conditions.md and the code name the same reasons.</summary>
public sealed partial class ConditionsPageTests
{
    /// <summary>Where reasons of conditions and Events are written down.</summary>
    private static readonly string[] s_sources =
    [
        "src/Caphr.Host/Control/Brake.cs", "src/Caphr.Host/Control/Claims.cs", "src/Caphr.Host/Control/ClusterCheck.cs", "src/Caphr.Host/Control/ClusterProjection.cs", "src/Caphr.Host/Control/EventTexts.cs",
        "src/Caphr.Host/Control/HostProjection.cs", "src/Caphr.Host/Control/HostReleases.cs", "src/Caphr.Host/Control/MachineProjection.cs", "src/Caphr.Host/Control/Remediations.cs", "src/Caphr.Host/Effects",
        "src/Caphr.Host/Robot", "src/Caphr.Actors/Servers/DiskChoice.cs", "src/Caphr.Actors/Servers/Phases", "src/Caphr.Actors/Servers/ServerLifecycle.cs",
        "src/Caphr.Actors/Servers/WipeGuard.cs",
    ];

    // Of conditions, and how grave the older ones say they are.
    private static readonly string[] s_statuses = ["True", "False", "Unknown", "Warning"];

    private static string Root => Repository.Find()!.Root;

    [Fact]
    public void Every_reason_in_the_code_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "conditions.md"));
        var written = Literals();

        Assert.True(written.Count > 60);
        Assert.Equal([], written.Where(reason => !page.Contains($"`{reason}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_reason_on_the_page_is_in_the_code()
    {
        var written = Literals();
        written.UnionWith(Enum.GetNames<ServerPhase>());
        written.UnionWith(Enum.GetNames<InstallError>().Select(error => $"Install{error}"));
        var told = File.ReadLines(Path.Combine(Root, "docs", "conditions.md"))
            .Where(line => line.StartsWith('|'))
            // The last column says what to do.
            .SelectMany(line => Told().Matches(line[..line.TrimEnd('|', ' ').LastIndexOf('|')]).Select(match => match.Groups["reason"].Value))
            .ToHashSet();

        Assert.NotEmpty(told);
        Assert.Equal([], told.Where(reason => !written.Contains(reason)));
    }

    private static HashSet<string> Literals() =>
    [
        .. s_sources
            .Select(source => Path.Combine(Root, source))
            .SelectMany(source => Directory.Exists(source) ? Directory.GetFiles(source, "*.cs") : [source])
            .SelectMany(File.ReadLines)
            .Where(line => !line.TrimStart().StartsWith("///", StringComparison.Ordinal))
            .SelectMany(line => Literal().Matches(line).Select(match => match.Groups["reason"].Value))
            .Except(s_statuses),
    ];

    [GeneratedRegex("\"(?<reason>[A-Z][a-z]+[A-Za-z]*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("`(?<reason>[A-Z][a-z]+[A-Za-z]*)`")]
    private static partial Regex Told();
}
