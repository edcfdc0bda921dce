using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Caphr.Actors.Servers;

namespace Caphr.Actors.Tests.Servers;

/// <summary>docs/states.md is what the walk over every state and every input finds, and the phases' own words.</summary>
public sealed partial class StatesPageTests
{
    private const string HowToWrite = "Write it anew with CAPHR_WRITE_STATES=1 dotnet test tests/Caphr.Actors.Tests --filter StatesPage";

    private static readonly DateTimeOffset s_far = Life.Start + TimeSpan.FromDays(1);

    private static string Root
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Caphr.sln"))) directory = directory.Parent;
            return directory?.FullName ?? throw new InvalidOperationException("These tests read the checkout they were built from.");
        }
    }

    [Fact]
    public void The_page_of_states_is_what_the_code_does()
    {
        var path = Path.Combine(Root, "docs", "states.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_STATES") is not null) File.WriteAllText(path, page);

        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, $"docs/states.md is not what the code does. {HowToWrite}");
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append("""
            # The states of a server

            Made from the code by a test that lets every state meet every input: the arrows and tables are what `ServerLifecycle` really decides, the words are those of
            its phases. A state that waits has a deadline; what happens then is the input `DeadlineCame`. Every state may be paused, and while it is, no step begins.


            """);
        var steps = Walk();
        page.Append("```mermaid\nstateDiagram-v2\n");
        foreach (var arrow in steps.Where(step => step.From.Phase != step.To.Phase).Select(step => $"    {step.From.Phase} --> {step.To.Phase}\n").Distinct().Order(StringComparer.Ordinal)) page.Append(arrow);
        page.Append("```\n");
        AppendLimits(page);
        foreach (var phase in Enum.GetValues<ServerPhase>()) AppendPhase(page, phase, steps);
        return page.ToString();
    }

    private static void AppendPhase(StringBuilder page, ServerPhase phase, IReadOnlyList<Step> steps)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {phase}\n\n");
        foreach (var words in steps.Where(step => step.From.Phase == phase).Select(step => WordsOf(step.From)).OfType<string>().Distinct()) page.Append(words).Append("\n\n");
        page.Append("| state | its step | hears | and becomes |\n|---|---|---|---|\n");
        foreach (var state in steps.Where(step => step.From.Phase == phase).GroupBy(step => Samples.NameOf(step.From)))
        {
            var effect = ServerLifecycle.Outstanding(state.First().From)?.GetType().Name;
            foreach (var answer in state.GroupBy(step => (Events: step.Events, To: Samples.NameOf(step.To))).OrderBy(group => group.Key.To, StringComparer.Ordinal).ThenBy(group => group.Key.Events, StringComparer.Ordinal))
            {
                var heard = string.Join(", ", answer.Select(step => step.Input).Distinct().Order(StringComparer.Ordinal));
                page.Append(CultureInfo.InvariantCulture, $"| {state.Key} | {effect ?? "none"} | {heard} | {answer.Key.To}, by {answer.Key.Events} |\n");
            }
        }
    }

    private static void AppendLimits(StringBuilder page)
    {
        page.Append("\n| limit | value |\n|---|---|\n");
        foreach (var field in typeof(Limits).GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => field.Name, StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| {field.Name} | {(field.GetValue(null) is TimeSpan span ? $"{span.TotalSeconds:0} s" : field.GetValue(null))} |\n");
    }

    private static List<Step> Walk() =>
    [
        .. from state in Samples.States()
           where state.PausedSince is null
           from input in Samples.Inputs(new EffectKey(state.Number, state.Step))
           let decision = ServerLifecycle.Decide(state, input, s_far)
           where decision.Events.Count > 0
           let after = decision.Events.Aggregate(state, ServerEvolution.Evolve)
           select new Step(state, Samples.NameOf(input), string.Join(", ", decision.Events.Select(happened => happened.GetType().Name)), after),
    ];

    /// <summary>The summary of the phase's own file.</summary>
    private static string? WordsOf(ServerState state)
    {
        var file = state switch
        {
            ServerState.EnteringRescue { Purpose: Purpose.Release } or ServerState.InRescue { Purpose: Purpose.Release } or ServerState.Wiping => "Releasing",
            ServerState.EnteringRescue { Purpose: Purpose.Diagnose } or ServerState.InRescue { Purpose: Purpose.Diagnose } => "Repairing",
            _ => state.GetType().Name,
        };
        var path = Path.Combine(Root, "src", "Caphr.Actors", "Servers", "Phases", file + ".cs");
        if (!File.Exists(path)) return null;
        var summary = Summary().Match(File.ReadAllText(path)).Groups["text"].Value;
        return Spaces().Replace(Tags().Replace(summary.Replace("///", "", StringComparison.Ordinal), "$1"), " ").Trim();
    }

    [GeneratedRegex("<summary>(?<text>.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex("<see cref=\"([^\"]*)\"/>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    private sealed record Step(ServerState From, string Input, string Events, ServerState To);
}
