using System.Text;
using Almagest.Cli.Shell;
using Almagest.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Almagest.Cli.Serving;

/// <summary>What the server's log holds, and how it is written.</summary>
/// <param name="Least">the least important lines that are kept; who changed what is always kept</param>
/// <param name="IsJson">one JSON object a line, for programs; else text for people</param>
internal sealed record LogSettings(LogLevel Least, bool IsJson)
{
    public static readonly LogSettings Default = new(LogLevel.Warning, false);

    public static readonly string[] Levels = ["debug", "information", "warning", "error"];

    public static readonly string[] Formats = ["text", "json"];
}

/// <summary>
/// The server's warnings and errors, and who changed what, as lines of standard error, with the time: the log of a program under systemd or
/// in a terminal. A line that a request caused ends with its id; an unexpected exception follows with its stack.
/// </summary>
internal sealed class MessageLog(CommandShell shell, LogLevel least) : ILoggerProvider, ISupportExternalScope
{
    // Logged by the host when it cannot start: the same is thrown, and reported in better words.
    private const int HostingFailedToStart = 11;

    private IExternalScopeProvider? _scopes;

    public static void AddTo(ILoggingBuilder logging, CommandShell shell, LogSettings settings)
    {
        logging.SetMinimumLevel(settings.Least).AddFilter(AlmagestServer.AuditCategory, LogLevel.Information);
        if (settings.IsJson)
        {
            // The framework's own format: time, level, category, message, its values, scopes and the exception with its stack.
            logging.AddJsonConsole(o =>
            {
                o.IncludeScopes = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        }
        else
        {
            logging.AddProvider(new MessageLog(shell, settings.Least));
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, shell, categoryName, least);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private string RequestId()
    {
        var id = "";
        _scopes?.ForEachScope(
            (scope, _) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object>> values)
                    foreach (var (key, value) in values)
                        if (key == AlmagestServer.RequestIdScope)
                            id = $" [{value}]";
            },
            0
        );
        return id;
    }

    private sealed class Category(MessageLog log, CommandShell shell, string name, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && logLevel >= (name == AlmagestServer.AuditCategory ? LogLevel.Information : least);

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
            var text = new StringBuilder(
                $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {formatter(state, null).ReplaceLineEndings(" ")}{log.RequestId()}"
            );
            if (exception is not null)
                text.Append('\n').Append(exception);
            var (label, style) = logLevel switch
            {
                LogLevel.Information when name == AlmagestServer.AuditCategory => ("audit:", "2"),
                LogLevel.Warning => ("warning:", "1;33"),
                LogLevel.Error or LogLevel.Critical => ("error:", "1;31"),
                LogLevel.Information => ("info:", "2"),
                _ => ("debug:", "2"),
            };
            shell.WriteError(label, text.ToString(), style);
        }
    }
}
