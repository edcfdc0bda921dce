using System.CommandLine;
using Caphr.Lab.Cli.Admin;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab status</c>.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "As JSON, for scripts." };
        var command = new Command("status", "Tells how the Lab that runs is doing: what runs on its servers, and what is broken.") { json };
        command.SetAction((line, cancellation) => OnLab.TellAsync(
            async (lab, token) => line.GetValue(json)
                ? await lab.GetAsync("status", token)
                : (await lab.GetAsync("status", AdminJson.Default.LabView, token)).Then(Text),
            cancellation));
        return command;
    }

    internal static string Text(LabView lab) => string.Join('\n', (IEnumerable<string>)
    [
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lab.Servers} servers, {lab.Speed:0.##} times faster than real hardware (seed {lab.Seed}); {lab.World} of hardware time have passed."),
        $"  Kubernetes     {lab.Kubernetes}   (export KUBECONFIG={lab.Kubeconfig})",
        $"  Robot          {lab.Robot}",
        .. lab.Running.Select(count => $"  {count.Value,6}  {count.Key}"),
        lab.Faults.Count == 0 ? "Nothing is broken." : "Broken:",
        .. lab.Faults.Select(fault => $"  {fault}"),
        .. lab.Planned.Count == 0 ? [] : (IEnumerable<string>)["Waiting for its moment:", .. lab.Planned.Select(fault => $"  {fault}")],
    ]);
}
