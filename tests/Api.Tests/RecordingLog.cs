using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PushGateway.Api.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLog : ILoggerProvider
{
    /// <summary>Level and text of every event, in order.</summary>
    public ConcurrentQueue<(LogLevel Level, string Text)> Events { get; } = new();

    public IEnumerable<string> Warnings => Events.Where(logged => logged.Level >= LogLevel.Warning).Select(logged => logged.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(Events);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<(LogLevel Level, string Text)> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            events.Enqueue((logLevel, formatter(state, exception) + exception));
    }
}
