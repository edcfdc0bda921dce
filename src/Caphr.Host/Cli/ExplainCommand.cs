using System.CommandLine;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary><c>caphr explain</c>: why an object is not Ready, and what to do.</summary>
internal static class ExplainCommand
{
    public static Command Create(TimeProvider clock)
    {
        var what = new Argument<string>("object") { Description = "hrm/NAME for a HetznerRobotMachine, hrh/NAME for a HetznerRobotHost, hrc/NAME for a HetznerRobotCluster." };
        what.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } value && value.Split('/') is not [{ Length: > 0 }, { Length: > 0 }]) given.AddError($"Explain what? Ask for hrm/NAME, hrh/NAME or hrc/NAME, not '{value}'.");
        });
        var nameSpace = new Option<string?>("--namespace", "-n") { Description = "Its namespace. Default: wherever there is one of that name, if it is the only one." };
        var explain = HostVerb.Create<Explanation>(
            "explain",
            "Say why an object is not Ready, and what to do.",
            clock,
            parsed =>
            {
                var (kind, name) = parsed.GetValue(what)!.Split('/') is [var first, var second] ? (first, second) : ("", "");
                return $"explain/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(name)}{(parsed.GetValue(nameSpace) is { } only ? $"?namespace={Uri.EscapeDataString(only)}" : "")}";
            },
            Show);
        explain.Arguments.Add(what);
        explain.Options.Add(nameSpace);
        return explain;
    }

    private static void Show(Screen screen, Explanation explanation)
    {
        screen.Say(explanation.Object);
        foreach (var why in explanation.Why) screen.Say($"  {why}");
        if (explanation.ToDo.Count == 0) return;
        screen.Say("What to do");
        foreach (var step in explanation.ToDo) screen.Say($"  {step}");
    }
}
