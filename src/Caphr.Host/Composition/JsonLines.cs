using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Caphr.Host.Composition;

/// <summary>
/// A JSON object a message. What the message names stands beside it under its own name, so that all that was said of one server is found by
/// <c>server</c> alone.
/// </summary>
internal sealed class JsonLines(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "caphr-json";
    private const string Template = "{OriginalFormat}";

    private static readonly HashSet<string> s_own = ["at", "level", "source", "message", "exception"];

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("at", Logging.At(clock));
            json.WriteString("level", Logging.Level(logEntry.LogLevel));
            json.WriteString("source", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
            scopeProvider?.ForEachScope(Take, fields);
            Take(logEntry.State, fields);
            foreach (var (name, value) in fields) WriteField(json, name, value);
            if (logEntry.Exception is { } bug) json.WriteString("exception", bug.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
    }

    /// <summary>What is nearer to the message counts.</summary>
    private static void Take(object? said, Dictionary<string, object?> fields)
    {
        foreach (var (name, value) in said as IEnumerable<KeyValuePair<string, object?>> ?? [])
            if (name != Template && JsonNamingPolicy.CamelCase.ConvertName(name) is var field && !s_own.Contains(field)) fields[field] = value;
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        if (value is int or long) json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        else if (value is Caphr.Actors.Servers.ServerNumber server) json.WriteNumber(name, server.Value);
        else json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
    }
}
