using System.CommandLine;
using System.Text.Json;
using Caphr.Host.Configuration;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary>A verb that asks a running host one question and shows the answer, as a table or as it came.</summary>
internal static class HostVerb
{
    private static readonly JsonSerializerOptions s_indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<string?> SocketOption() => new("--socket") { Description = $"Where the host answers. Default: as {Settings.Socket.Variable}, the environment or the configuration file say." };

    /// <param name="question">The path and query of the question.</param>
    /// <param name="show">Shows an answer to a person.</param>
    public static Command Create<T>(string name, string description, TimeProvider clock, Func<ParseResult, string> question, Action<Screen, T> show)
        where T : class
    {
        var socket = SocketOption();
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON." };
        var verb = new Command(name, description) { socket, json };
        verb.SetAction((parsed, cancellation) => AskAsync(
            parsed,
            parsed.GetValue(socket),
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
        ParseResult parsed, string? socket, Func<DiagnosticsClient, CancellationToken, Task<DiagnosticsFailure?>> ask, CancellationToken cancellation)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (socket is null)
        {
            if (!Surroundings.Read().TryGet(out var configuration, out var unclear))
            {
                await error.WriteLineAsync(unclear.Message);
                return 1;
            }

            socket = configuration.SocketPath;
        }

        using var client = new DiagnosticsClient(socket);
        if (await ask(client, cancellation) is not { } failure) return 0;
        await error.WriteLineAsync(failure.Message);
        return failure.ExitCode;
    }
}
