using Almagest.Cli.Shell;
using Almagest.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Cli.Serving;

/// <summary>
/// The server's warnings and errors, and who changed what, as lines of standard error, with the time: the log of a program under systemd or
/// in a terminal.
/// Exceptions are named; their stack follows only where <c>ALMAGEST_DEBUG</c> asks for it.
/// </summary>
internal sealed class MessageLog(CommandShell shell) : ILoggerProvider
{
    // Logged by the host when it cannot start: the same is thrown, and reported in better words.
    private const int HostingFailedToStart = 11;

    public static void AddTo(ILoggingBuilder logging, CommandShell shell)
    {
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter(AlmagestServer.AuditCategory, LogLevel.Information);
        logging.AddProvider(new MessageLog(shell));
    }

    public ILogger CreateLogger(string categoryName) => new Category(shell, categoryName);

    public void Dispose() { }

    private sealed class Category(CommandShell shell, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && logLevel >= (name == AlmagestServer.AuditCategory ? LogLevel.Information : LogLevel.Warning);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (
                !IsEnabled(logLevel)
                || (eventId.Id == HostingFailedToStart && name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal))
            )
                return;
            var text = $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {formatter(state, null).ReplaceLineEndings(" ")}";
            if (exception is not null)
                text += ErrorReport.Debugging ? $"\n{exception}" : $" ({exception.GetType().Name})";
            if (logLevel == LogLevel.Information)
            {
                shell.WriteError("audit:", text, "2");
                return;
            }
            shell.WriteError(logLevel == LogLevel.Warning ? "warning:" : "error:", text, logLevel == LogLevel.Warning ? "1;33" : "1;31");
        }
    }
}
