using System.Globalization;
using System.Text;
using Almagest.Ledger.Database;

namespace Almagest.Bench.Analytics;

/// <summary>Raw queries against view look-ups, at growing histories, each in a fresh database of the given server.</summary>
public static class AnalyticsBench
{
    /// <param name="server">connection string of a server on which databases may be created</param>
    /// <param name="histories">runs and stars of each run</param>
    /// <returns>the report, in Markdown</returns>
    public static async Task<string> RunAsync(string server, IReadOnlyList<(int Runs, int Stars)> histories, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var report = new StringBuilder();
        report
            .AppendLine("# Raw queries against view look-ups")
            .AppendLine()
            .AppendLine(
                "The same question asked of the raw tables (all indexes in place) and of its view: medians of whole round trips on one warm"
            )
            .AppendLine(
                "connection, both sides in turn, answers compared first; what takes over 20 s is timed once. Half of the runs are "
                    + "anomaly runs with about 5 % flagged, half cluster runs."
            )
            .AppendLine();
        foreach (var (runs, stars) in histories)
        {
            await using var database = await BenchDatabase.CreateAsync(server, $"almagest_bench_{runs}x{stars}");
            await SyntheticHistory.FillAsync(database.Ledger, runs, stars, log);
            var rows = await RawAgainstViews.MeasureAsync(database.Ledger, log);
            if (report.ToString().IndexOf("Measured", StringComparison.Ordinal) < 0)
                report.AppendLine(await MachineAsync(database.Ledger)).AppendLine();
            report
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"## {(double)runs * stars / 1e6:0.#} M results ({runs} runs of {stars:N0} stars)"
                )
                .AppendLine()
                .AppendLine("| question | raw, ms | view, ms | ratio |")
                .AppendLine("| --- | ---: | ---: | ---: |");
            foreach (var row in rows)
                report.AppendLine(CultureInfo.InvariantCulture, $"| {row.Question} | {row.RawMs:N2} | {row.ViewMs:N2} | {row.Ratio:N0} |");
            report.AppendLine();
        }
        return report.ToString();
    }

    internal static async Task<string> MachineAsync(LedgerDatabase ledger)
    {
        await using var command = ledger.DataSource.CreateCommand(
            "select current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers')"
        );
        return $"Measured on {Machine.Describe()}, PostgreSQL {await command.ExecuteScalarAsync()}, {DateTime.UtcNow:yyyy-MM-dd}.";
    }
}
