using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary><c>caphr server list</c>, <c>show</c> and <c>story</c>: servers as their actors and the journal tell of them.</summary>
internal static class ServerVerbs
{
    /// <summary>For how long a host is asked to wait for news at a time.</summary>
    private const int WaitSeconds = 25;

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    public static IEnumerable<Command> Create(TimeProvider clock)
    {
        var number = Number();
        var show = HostVerb.Create<ServerAnswer>("show", "Show one server: where it stands, since when, and what it waits for.", clock, parsed => string.Create(CultureInfo.InvariantCulture, $"servers/{parsed.GetValue(number)}"), Show);
        show.Arguments.Add(number);
        return [HostVerb.Create<IReadOnlyList<ServerLine>>("list", "List all servers.", clock, _ => "servers", List), show, Story(clock)];
    }

    private static Argument<int> Number() => new("number") { Description = "Robot's number of the server." };

    private static Command Story(TimeProvider clock)
    {
        var number = Number();
        var door = new Door();
        var json = new Option<bool>("--json") { Description = "Print each event as JSON, on a line of its own." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens from now on, until Ctrl-C." };
        var story = new Command("story", "Tell all that has happened to one server.") { number, json, follow };
        door.AddTo(story);
        story.SetAction((parsed, cancellation) => HostVerb.AskAsync(
            parsed, door, (client, stop) => TellAsync(client, parsed, parsed.GetValue(number), parsed.GetValue(json), parsed.GetValue(follow), clock, stop), cancellation));
        return story;
    }

    private static async Task<DiagnosticsFailure?> TellAsync(DiagnosticsClient client, ParseResult parsed, int number, bool json, bool follow, TimeProvider clock, CancellationToken stop)
    {
        var (after, isFirst) = (0L, true);
        try
        {
            while (true)
            {
                var wait = follow && !isFirst ? WaitSeconds : 0;
                var answer = await client.AskAsync(string.Create(CultureInfo.InvariantCulture, $"servers/{number}/story?after={after}&wait={wait}"), stop);
                if (!answer.TryGet(out var told, out var failure) || !DiagnosticsClient.Read<IReadOnlyList<StoryLine>>(told).TryGet(out var lines, out failure))
                {
                    // A host that is being replaced comes back; whoever follows has time.
                    if (!follow || isFirst || failure.Error is not (DiagnosticsError.Unavailable or DiagnosticsError.NoHost or DiagnosticsError.StrangeAnswer)) return failure;
                    await Task.Delay(s_pace, clock, stop);
                    continue;
                }

                await WriteAsync(parsed.InvocationConfiguration.Output, Screen.Of(parsed.InvocationConfiguration.Output, clock), lines, json, isFirst);
                if (lines.Count > 0) after = lines[^1].Sequence;
                isFirst = false;
                if (!follow) return null;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // That is how following ends.
            return null;
        }
    }

    private static async Task WriteAsync(TextWriter output, Screen screen, IReadOnlyList<StoryLine> lines, bool json, bool withHead)
    {
        if (json)
        {
            foreach (var line in lines) await output.WriteLineAsync(JsonSerializer.Serialize(line, DiagnosticsRoutes.Json));
        }
        else
        {
            // What follows is printed later, and its columns are to stand below these.
            var rows = lines.Select(line => (IReadOnlyList<Cell>)[Screen.Time(line.At), new Cell(line.Phase.PadRight(14), ToneOf(line.Phase)), line.Who.PadRight(10), line.Cause.PadRight(20), line.Because is { } because ? $"{line.Text} (Because {because}.)" : line.Text]).ToList();
            if (withHead) screen.Table(["TIME (UTC)", "PHASE", "WHO", "CAUSE", "WHAT"], rows);
            else screen.Rows(rows);
        }

        await output.FlushAsync();
    }

    private static void List(Screen screen, IReadOnlyList<ServerLine> servers) => screen.Table(
        ["SERVER", "HOST", "PHASE", "FOR", "MACHINE", "REPLICA", "SAYS"],
        servers.Select(server => (IReadOnlyList<Cell>)
        [
            server.Number.ToString(CultureInfo.InvariantCulture), server.Host ?? new Cell("none", Tone.Bad), new Cell(server.Phase, ToneOf(server.Phase)), screen.Ago(server.Since), server.Machine,
            server.Here ? "this" : server.Replica ?? new Cell("nobody", Tone.Bad), server.Says,
        ]));

    private static void Show(Screen screen, ServerAnswer server)
    {
        screen.Facts(
        [
            ("server", server.Number.ToString(CultureInfo.InvariantCulture)),
            ("host", server.Host ?? "no HetznerRobotHost that is watched"),
            ("phase", server.Since is { } since ? $"{server.Phase}, for {screen.Ago(since)} (since {Screen.Time(since)} UTC)" : server.Phase),
            ("paused", server.PausedSince is { } paused ? $"for {screen.Ago(paused)}" : null),
            ("deadline", server.Until is { } until ? $"{screen.In(until)} ({Screen.Time(until)} UTC)" : null),
            ("says", server.Says),
            ("step", server.Effect is { } effect ? $"{effect.Name} (step {effect.Step.ToString(CultureInfo.InvariantCulture)})" : null),
            ("not before", server.Effect?.NotBefore is { } notBefore ? $"{screen.In(notBefore)} ({Screen.Time(notBefore)} UTC)" : null),
            ("note", server.Effect is { Note: { } note } noted ? $"{note}{noted.Fraction?.ToString(" (0 %)", CultureInfo.InvariantCulture)}" : null),
            ("replica", server.Here ? $"{server.Replica} (this)" : $"{server.Replica ?? "nobody"}; what is shown here is from the journal"),
            .. server.Facts.Select(fact => (fact.Name, (string?)fact.Value)),
        ]);
    }

    private static Tone ToneOf(string phase) => phase switch
    {
        "Failed" or "Quarantined" => Tone.Bad,
        "Provisioned" or "Available" => Tone.Good,
        _ => Tone.Busy,
    };
}
