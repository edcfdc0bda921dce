using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Caphr.Simulation.Tests.World;

/// <summary>What all processes have logged. The end of it is kept for whoever has to understand a failure; all of it is shown to those who look for secrets.</summary>
internal sealed class Logs(TimeProvider clock)
{
    private const int Kept = 2000;

    private readonly Queue<string> _lines = [];

    public event Action<string>? Said;

    public event Action<string, Exception>? Broke;

    public IEnumerable<string> Lines => _lines;

    public ILoggerFactory For(string process) => new Factory(this, process);

    public void Say(string who, string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss.fff} {who} {what}");
        _lines.Enqueue(line);
        if (_lines.Count > Kept) _lines.Dequeue();
        Said?.Invoke(line);
    }

    private sealed class Factory(Logs logs, string process) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(logs, process);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose() { }
    }

    private sealed class Logger(Logs logs, string process) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = formatter(state, exception);
            logs.Say(process, exception is null ? text : $"{text} {exception}");
            if (exception is not null) logs.Broke?.Invoke(text, exception);
        }
    }
}
