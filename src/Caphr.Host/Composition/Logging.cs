using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Caphr.Host.Composition;

/// <summary>One line a message, on standard output, where Kubernetes collects it.</summary>
internal static class Logging
{
    public static ILoggerFactory Create(HostOptions options) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        }));
}
