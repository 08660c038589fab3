using System.Text;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Almagest.Server.Tests.Attacks;

/// <summary>
/// One server for the attacks of a class: whatever people may name is markup, which a page must not take for its own, and every line of
/// its log is kept.
/// </summary>
public sealed class AttackedServer : IAsyncLifetime
{
    /// <summary>In each name, text and column; a page that has it as it is written here has been broken into.</summary>
    public const string Markup = "\"><img src=x onerror=alert(1)>";

    private readonly List<string> _lines = [];

    public TestServer Server { get; private set; } = null!;

    public Guid Run { get; private set; }

    public long[] Stars { get; private set; } = [];

    /// <summary>What the server has logged, at every level.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        Server = await TestServer.StartAsync(o =>
            o with
            {
                Workers = 0,
                Logging = logging => logging.AddProvider(new EveryLine(_lines)).SetMinimumLevel(LogLevel.Trace),
            }
        );
        using var folder = TestFolder.Create("attack");
        var file = Path.Combine(folder.Path, "evil.csv");
        var csv = new StringBuilder($"source_id,ra,dec,parallax,\"{Markup.Replace("\"", "\"\"", StringComparison.Ordinal)}\",remark\n");
        for (var i = 0; i < 12; i++)
            csv.Append(null, $"\"<b>{i}</b>\",{10 + i},20,5,1,\"=cmd|' /C calc'!A0\"\n");
        await File.WriteAllTextAsync(file, csv.ToString(), token);
        var report = await new CatalogIngestor(Server.Ledger).IngestAsync([file], new IngestOptions { DatasetName = Markup }, null, token);
        Stars = await Server.StarIdsAsync(report.Dataset.DatasetId);
        var runs = new RunRepository(Server.Ledger);
        Run = (await runs.CreateAsync(report.Dataset.DatasetId, new IsolationForestParameters(), StarFilter.All)).RunId;
        await using (var completion = await runs.BeginCompletionAsync(Run))
        {
            await completion.SaveAnomaliesAsync(Stars, [.. Stars.Select((_, i) => i < 3 ? -0.3 : 0.1)]);
            await completion.MarkCompleteAsync(Stars.Length, """{"anomaly_count": 3}""");
            await completion.CommitAsync();
        }
        await new ViewRefresher(Server.Ledger).RefreshPendingAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private sealed class EveryLine(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (lines)
                lines.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
