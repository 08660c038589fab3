using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Bench.Views;

/// <summary>
/// What fresh views cost as history grows: one ledger is filled run by run in mode incremental, every completion timed. At each check
/// point it is converted to mode refresh, refreshed, and converted back.
/// </summary>
public static class MaintenanceBench
{
    /// <summary>Completions around a check point of which the median is taken, of each kind of run.</summary>
    const int Around = 5;

    /// <param name="server">connection string of a server on which databases may be created</param>
    /// <param name="checkPoints">numbers of prior runs, ascending</param>
    /// <returns>the report in Markdown, and its picture in SVG</returns>
    public static async Task<(string Report, string Picture)> RunAsync(string server, int stars, IReadOnlyList<int> checkPoints, string picture, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(checkPoints);
        ArgumentNullException.ThrowIfNull(log);
        await using var database = await BenchDatabase.CreateAsync(server, "almagest_bench_maintenance");
        var ledger = database.Ledger;
        var (dataset, ids) = await AddStarsAsync(ledger, stars);
        var converter = new ViewConverter(ledger);
        await converter.ConvertAsync(ViewMode.Incremental);
        var history = new MaintenanceHistory(ledger, dataset, ids);
        var costs = new List<CompletionCost>();
        var points = new List<CheckPoint>();
        foreach (var point in checkPoints)
        {
            while (costs.Count < point + 2 * Around)
            {
                costs.Add(await history.CompleteNextAsync());
                if (costs.Count % 50 == 0) await log.WriteLineAsync($"{costs.Count} runs; the last took {costs[^1].WriteMs:N0} ms to write, {costs[^1].MarkMs:N0} ms to count");
            }
            points.Add(await MeasureAsync(ledger, converter, costs, log));
        }
        await VacuumAsync(ledger);
        var differing = (await new ViewVerifier(ledger).VerifyAsync()).Where(v => !v.Agrees).Select(v => v.ViewName).ToList();
        var report = await ReportAsync(ledger, stars, points, costs, differing, picture);
        return (report, CurvePicture.Draw(costs, points));
    }

    static async Task<CheckPoint> MeasureAsync(LedgerDatabase ledger, ViewConverter converter, List<CompletionCost> costs, TextWriter log)
    {
        await VacuumAsync(ledger);
        var recent = costs[^(2 * Around)..];
        var watch = Stopwatch.StartNew();
        await converter.ConvertAsync(ViewMode.Refresh);
        var toRefresh = watch.Elapsed.TotalMilliseconds;
        watch.Restart();
        var refreshed = await new ViewRefresher(ledger).RefreshAsync(null, "bench");
        var refresh = watch.Elapsed.TotalMilliseconds;
        if (refreshed.FirstOrDefault(r => !r.Succeeded) is { } failed) throw new InvalidOperationException($"{failed.ViewName}: {failed.Error}");
        watch.Restart();
        await converter.ConvertAsync(ViewMode.Incremental);
        var toIncremental = watch.Elapsed.TotalMilliseconds;
        await log.WriteLineAsync($"at {costs.Count} runs: refresh {refresh:N0} ms, to refresh {toRefresh:N0} ms, to incremental {toIncremental:N0} ms");
        return new CheckPoint(costs.Count - 2 * Around, recent, refreshed, refresh, toRefresh, toIncremental);
    }

    static async Task VacuumAsync(LedgerDatabase ledger)
    {
        await using var command = ledger.DataSource.CreateCommand("vacuum (analyze)");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    static async Task<(long Dataset, long[] Stars)> AddStarsAsync(LedgerDatabase ledger, int stars)
    {
        await using var connection = await ledger.ConnectAsync();
        await using (var fill = new NpgsqlCommand($"""
            insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count) values ('bench', '[]', 'bench', '{"{}"}', {stars}, 0);
            insert into stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29)
            select dataset_id, n::text, n % 360, n % 180 - 90, (abs(hashint8(n)::bigint) % 4096) << 46 from datasets, generate_series(1, {stars}) n;
            """, connection) { CommandTimeout = 0 })
            await fill.ExecuteNonQueryAsync();
        await using var read = new NpgsqlCommand("select dataset_id, array_agg(star_id order by star_id) from stars group by dataset_id", connection);
        await using var reader = await read.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetFieldValue<long[]>(1));
    }

    static async Task<string> ReportAsync(LedgerDatabase ledger, int stars, List<CheckPoint> points, List<CompletionCost> costs, List<string> differing, string picture)
    {
        var text = new StringBuilder();
        var c = CultureInfo.InvariantCulture;
        text.AppendLine("# Fresh views as history grows: refresh against incremental").AppendLine()
            .AppendLine(c, $"One ledger, runs of {stars:N0} stars, every other one an anomaly run with about 5 % flagged. In mode incremental every completion was timed: the COPY of")
            .AppendLine("the results with all indexes, and the marking of the run as complete, which brings the eight views up to date in the same transaction.")
            .AppendLine(c, $"Medians of {Around} completions of each kind. Refresh: all eight materialized views, two at a time, as a whole.").AppendLine()
            .AppendLine(await AnalyticsBench.MachineAsync(ledger)).AppendLine()
            .AppendLine($"![cost of fresh views as history grows]({picture})").AppendLine()
            .AppendLine("| prior runs | results, M | kind | write results, ms | incremental views, ms | views / write | refresh of all, ms | refresh / incremental |")
            .AppendLine("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var p in points)
            foreach (var kind in new[] { "anomaly", "cluster" })
                text.AppendLine(c, $"| {p.Prior:N0} | {p.Prior * (double)stars / 1e6:0.#} | {kind} | {p.Write(kind):N0} | {p.Views(kind):N0} | {100 * p.Views(kind) / p.Write(kind):N0} % | {p.RefreshMs:N0} | {p.RefreshMs / p.Views(kind):N0} |");
        text.AppendLine().AppendLine("Each view's refresh, ms (beside another one):").AppendLine()
            .AppendLine($"| prior runs | {string.Join(" | ", points[0].Refreshed.Select(r => r.ViewName))} |")
            .AppendLine($"| ---: | {string.Join(" | ", points[0].Refreshed.Select(_ => "---:"))} |");
        foreach (var p in points) text.AppendLine(c, $"| {p.Prior:N0} | {string.Join(" | ", p.Refreshed.Select(r => r.DurationMs.ToString("N0", c)))} |");
        text.AppendLine().AppendLine("Conversions of the whole ledger, online:").AppendLine()
            .AppendLine("| runs | to refresh, s | to incremental, s |").AppendLine("| ---: | ---: | ---: |");
        foreach (var p in points) text.AppendLine(c, $"| {p.Prior + 2 * Around:N0} | {p.ToRefreshMs / 1000:N1} | {p.ToIncrementalMs / 1000:N1} |");
        var first = costs[0];
        text.AppendLine().AppendLine(c, $"The very first run of a selection also describes the set of its stars: {first.MarkMs:N0} ms beside {first.WriteMs:N0} ms of writing.").AppendLine()
            .AppendLine(differing.Count == 0 ? "After all of it, every row of the eight views equalled a recomputation from the raw results." : $"**These views differed from a recomputation: {string.Join(", ", differing)}.**");
        return text.ToString();
    }
}

/// <summary>What was measured with a number of prior runs.</summary>
public sealed record CheckPoint(int Prior, IReadOnlyList<CompletionCost> Recent, IReadOnlyList<ViewRefreshOutcome> Refreshed, double RefreshMs, double ToRefreshMs, double ToIncrementalMs)
{
    public double Write(string kind) => Median(kind, c => c.WriteMs);

    public double Views(string kind) => Median(kind, c => c.MarkMs);

    double Median(string kind, Func<CompletionCost, double> cost)
    {
        var sorted = Recent.Where(c => c.RunType == kind).Select(cost).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
