using System.CommandLine;
using System.Globalization;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary><c>caphr actor tree</c> and <c>caphr actor show</c>.</summary>
internal static class ActorCommand
{
    public static Command Create(TimeProvider clock)
    {
        var path = new Argument<string>("path") { Description = "The actor, such as /servers/shard-17/1001." };
        var show = HostVerb.Create<ActorAnswer>("show", "Show one actor.", clock, parsed => $"actors?path={Uri.EscapeDataString(parsed.GetValue(path)!)}", Show);
        show.Arguments.Add(path);
        return new Command("actor", "Look at the actors of the host.")
        {
            HostVerb.Create<ActorAnswer>("tree", "Show all actors, each below its supervisor.", clock, _ => "actors", Tree),
            show,
        };
    }

    private static void Tree(Screen screen, ActorAnswer root) =>
        screen.Table(["ACTOR", "STATE", "ACTIVITY", "MAILBOX", "RESTARTS", "LAST FAILURE"], Rows(root, indent: ""));

    private static IEnumerable<IReadOnlyList<Cell>> Rows(ActorAnswer actor, string indent)
    {
        yield return
        [
            $"{indent}{(actor.Path == "/" ? "/" : actor.Path[(actor.Path.LastIndexOf('/') + 1)..])}",
            actor.State,
            new Cell(actor.Activity, actor.Activity == "Running" ? Tone.Plain : Tone.Busy),
            actor.Mailbox.ToString(CultureInfo.InvariantCulture),
            actor.Restarts.ToString(CultureInfo.InvariantCulture),
            new Cell(actor.LastFailure ?? "", Tone.Bad),
        ];
        foreach (var row in actor.Children.SelectMany(child => Rows(child, indent + "  "))) yield return row;
    }

    private static void Show(Screen screen, ActorAnswer actor) => screen.Facts(
    [
        ("actor", actor.Path),
        ("type", actor.Type),
        ("state", actor.State),
        ("activity", actor.Activity),
        ("mailbox", string.Create(CultureInfo.InvariantCulture, $"{actor.Mailbox} waiting")),
        ("restarts", actor.Restarts.ToString(CultureInfo.InvariantCulture)),
        ("last failure", actor.LastFailure),
        ("children", actor.Children.Count == 0 ? null : string.Join(", ", actor.Children.Select(child => child.Path))),
    ]);
}
