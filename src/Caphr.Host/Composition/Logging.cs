using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Caphr.Host.Composition;

/// <summary>One line a message, on standard output, where Kubernetes collects it.</summary>
internal static class Logging
{
    public static ILoggerFactory Create(HostOptions options, TimeProvider clock) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information);
        builder.Services.AddSingleton(clock);
        builder.AddConsole(console => console.FormatterName = options.LogFormat switch
        {
            LogFormat.Json => JsonLines.FormatterName,
            LogFormat.Console => LineFormatter.FormatterName,
        });
        builder.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        builder.AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
    });

    internal static string At(TimeProvider clock) => clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    internal static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        LogLevel.Critical => "fatal",
        LogLevel.None => "",
        _ => "",
    };

    private sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
    {
        public const string FormatterName = "caphr";

        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            textWriter.Write($"{At(clock)} {Level(logEntry.LogLevel),-5} ");
            textWriter.WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception));
            // An exception in the log is a bug of ours; its stack is for whoever mends it.
            if (logEntry.Exception is { } bug) textWriter.WriteLine(bug.ToString());
        }
    }
}
