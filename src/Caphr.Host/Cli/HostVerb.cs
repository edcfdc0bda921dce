using System.CommandLine;
using System.Text.Json;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary>A verb that asks a running host one question and shows the answer, as a table or as it came.</summary>
internal static class HostVerb
{
    private static readonly JsonSerializerOptions s_indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="question">The path and query of the question.</param>
    /// <param name="show">Shows an answer to a person.</param>
    public static Command Create<T>(string name, string description, TimeProvider clock, Func<ParseResult, string> question, Action<Screen, T> show)
        where T : class
    {
        var door = new Door();
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON." };
        var verb = new Command(name, description) { json };
        door.AddTo(verb);
        verb.SetAction((parsed, cancellation) => AskAsync(
            parsed,
            door,
            async (client, cancellation) =>
            {
                if (!(await client.AskAsync(question(parsed), cancellation)).TryGet(out var answer, out var failure)) return failure;
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                {
                    await output.WriteLineAsync(JsonSerializer.Serialize(answer, s_indented));
                    return null;
                }

                if (!DiagnosticsClient.Read<T>(answer).TryGet(out var read, out failure)) return failure;
                show(Screen.Of(output, clock), read);
                return null;
            },
            cancellation));
        return verb;
    }

    /// <summary>Connects, and says in one sentence what went wrong.</summary>
    public static async Task<int> AskAsync(
        ParseResult parsed, Door door, Func<DiagnosticsClient, CancellationToken, Task<DiagnosticsFailure?>> ask, CancellationToken cancellation)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!door.Open(parsed).TryGet(out var client, out var closed))
        {
            await error.WriteLineAsync(closed);
            return 1;
        }

        using var opened = client;
        if (await ask(client, cancellation) is not { } failure) return 0;
        await error.WriteLineAsync(failure.Message);
        return failure.ExitCode;
    }
}
