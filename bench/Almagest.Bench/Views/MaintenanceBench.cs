using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Bench.Views;

/// <summary>
/// What fresh views cost as history grows: one ledger is filled run by run in mode incremental, every completion timed. At each check
/// point it is converted to mode refresh, refreshed, and converted back; beyond a bound, where that takes a quarter of an hour, only
/// the completions are measured.
/// </summary>
public static class MaintenanceBench
{
    /// <summary>Completions around a check point of which the median is taken, of each kind of run.</summary>
    private const int Around = 15;

    private const string OverlapMatrix = "mv_anomaly_overlap_matrix";

    /// <param name="server">connection string of a server on which databases may be created</param>
    /// <param name="checkPoints">numbers of prior runs, ascending</param>
    /// <param name="refreshUpTo">
    /// the most prior runs with which mode refresh is measured, and the overlap matrix compared with a recomputation
    /// </param>
    /// <returns>the report in Markdown, and its picture in SVG</returns>
    public static async Task<(string Report, string Picture)> RunAsync(
        string server,
        int stars,
        IReadOnlyList<int> checkPoints,
        int refreshUpTo,
        string picture,
        TextWriter log
    )
    {
        ArgumentNullException.ThrowIfNull(checkPoints);
        ArgumentNullException.ThrowIfNull(log);
        await using var database = await BenchDatabase.CreateAsync(server, "almagest_bench_maintenance");
        var ledger = database.Ledger;
        var pairs = await PairingTime.StartAsync(ledger);
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
                if (costs.Count == point)
                {
                    await log.WriteLineAsync($"measuring with {point} prior runs");
                    await pairs.ReadAsync();
                }
                costs.Add(await history.CompleteNextAsync());
                if (costs.Count % 50 == 0)
                    await log.WriteLineAsync(
                        $"{costs.Count} runs; the last took {costs[^1].WriteMs:N0} ms to write, {costs[^1].MarkMs:N0} ms to count"
                    );
            }
            var pairing = await pairs.ReadAsync();
            var recent = costs[^(2 * Around)..];
            points.Add(
                point <= refreshUpTo
                    ? await MeasureAsync(ledger, converter, recent, pairing, log)
                    : new CheckPoint(point, recent, pairing, null)
            );
        }
        await VacuumAsync(ledger);
        await log.WriteLineAsync("comparing every row with a recomputation");
        var verified = AnalyticsViews.All.Where(v => v.Name != OverlapMatrix || checkPoints[^1] <= refreshUpTo).ToList();
        var differing = (await new ViewVerifier(ledger).VerifyAsync(verified)).Where(v => !v.Agrees).Select(v => v.ViewName).ToList();
        var report = await ReportAsync(ledger, stars, points, costs, verified, differing, picture);
        return (report, CurvePicture.Draw(costs, points));
    }

    private static async Task<CheckPoint> MeasureAsync(
        LedgerDatabase ledger,
        ViewConverter converter,
        List<CompletionCost> recent,
        double pairing,
        TextWriter log
    )
    {
        await VacuumAsync(ledger);
        var watch = Stopwatch.StartNew();
        await converter.ConvertAsync(ViewMode.Refresh);
        var toRefresh = watch.Elapsed.TotalMilliseconds;
        watch.Restart();
        var refreshed = await new ViewRefresher(ledger).RefreshAsync(null, "bench");
        var refresh = watch.Elapsed.TotalMilliseconds;
        if (refreshed.FirstOrDefault(r => !r.Succeeded) is { } failed)
            throw new InvalidOperationException($"{failed.ViewName}: {failed.Error}");
        watch.Restart();
        await converter.ConvertAsync(ViewMode.Incremental);
        var toIncremental = watch.Elapsed.TotalMilliseconds;
        var prior = recent[0].Prior;
        await log.WriteLineAsync(
            $"with {prior} prior runs: refresh {refresh:N0} ms, to refresh {toRefresh:N0} ms, to incremental {toIncremental:N0} ms"
        );
        return new CheckPoint(prior, recent, pairing, new RefreshTimes(refreshed, refresh, toRefresh, toIncremental));
    }

    private static async Task VacuumAsync(LedgerDatabase ledger)
    {
        await using var command = ledger.DataSource.CreateCommand("vacuum (analyze)");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<(long Dataset, long[] Stars)> AddStarsAsync(LedgerDatabase ledger, int stars)
    {
        await using var connection = await ledger.ConnectAsync();
        await using (
            var fill = new NpgsqlCommand(
                $"""
                insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count)
                values ('bench', '[]', 'bench', '{"{}"}', {stars}, 0);
                insert into stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29)
                select dataset_id, n::text, n % 360, n % 180 - 90, (abs(hashint8(n)::bigint) % 4096) << 46
                from datasets, generate_series(1, {stars}) n;
                """,
                connection
            )
            {
                CommandTimeout = 0,
            }
        )
            await fill.ExecuteNonQueryAsync();
        await using var read = new NpgsqlCommand(
            "select dataset_id, array_agg(star_id order by star_id) from stars group by dataset_id",
            connection
        );
        await using var reader = await read.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetFieldValue<long[]>(1));
    }

    private static async Task<string> ReportAsync(
        LedgerDatabase ledger,
        int stars,
        List<CheckPoint> points,
        List<CompletionCost> costs,
        List<AnalyticsView> verified,
        List<string> differing,
        string picture
    )
    {
        var text = new StringBuilder();
        var c = CultureInfo.InvariantCulture;
        text.AppendLine("# Fresh views as history grows: refresh against incremental")
            .AppendLine()
            .AppendLine(
                c,
                $"One ledger, runs of {stars:N0} stars, every other one an anomaly run with about 5 % flagged. In mode incremental "
                    + $"every completion was timed: the COPY of"
            )
            .AppendLine(
                "the results with all indexes, and the marking of the run as complete, which brings the views up to date in the "
                    + "same transaction."
            )
            .AppendLine(
                c,
                $"Medians of {Around} completions of each kind. The overlap row pairs an anomaly run with every earlier one: its time "
                    + $"is PostgreSQL's own count for that function, the mean of"
            )
            .AppendLine(c, $"the {Around} completions. Refresh: all materialized views, two at a time, as a whole.")
            .AppendLine()
            .AppendLine(await AnalyticsBench.MachineAsync(ledger))
            .AppendLine()
            .AppendLine($"![cost of fresh views as history grows]({picture})")
            .AppendLine()
            .AppendLine(
                "| prior runs | results, M | kind | write results, ms | incremental views, ms | of these the overlap row, ms | views "
                    + "/ write | without the overlap row | refresh of all, ms | refresh / incremental |"
            )
            .AppendLine("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var p in points)
        foreach (var kind in new[] { "anomaly", "cluster" })
        {
            var (write, views, pairing) = (p.Write(kind), p.Views(kind), kind == "anomaly" ? p.PairingMs : 0);
            text.AppendLine(
                c,
                $"| {p.Prior:N0} | {p.Prior * (double)stars / 1e6:0.#} | {kind} | {write:N0} | {views:N0} | {pairing:N1} | "
                    + $"{100 * views / write:N0} % | {100 * (views - pairing) / write:N0} % | "
                    + $"{(p.Refresh is { } r ? string.Create(c, $"{r.AllMs:N0} | {r.AllMs / views:N0}") : "not measured |")} |"
            );
        }
        var refreshed = points.Where(p => p.Refresh is not null).Select(p => (p.Prior, Refresh: p.Refresh!)).ToList();
        text.AppendLine()
            .AppendLine("Each view's refresh, ms (beside another one):")
            .AppendLine()
            .AppendLine($"| prior runs | {string.Join(" | ", refreshed[0].Refresh.Views.Select(r => r.ViewName))} |")
            .AppendLine($"| ---: | {string.Join(" | ", refreshed[0].Refresh.Views.Select(_ => "---:"))} |");
        foreach (var (prior, r) in refreshed)
            text.AppendLine(c, $"| {prior:N0} | {string.Join(" | ", r.Views.Select(v => v.DurationMs.ToString("N0", c)))} |");
        text.AppendLine()
            .AppendLine("Conversions of the whole ledger, online:")
            .AppendLine()
            .AppendLine("| runs | to refresh, s | to incremental, s |")
            .AppendLine("| ---: | ---: | ---: |");
        foreach (var (prior, r) in refreshed)
            text.AppendLine(c, $"| {prior + 2 * Around:N0} | {r.ToRefreshMs / 1000:N1} | {r.ToIncrementalMs / 1000:N1} |");
        var first = costs[0];
        text.AppendLine()
            .AppendLine(
                c,
                $"The very first run of a selection also describes the set of its stars: {first.MarkMs:N0} ms beside "
                    + $"{first.WriteMs:N0} ms of writing."
            )
            .AppendLine()
            .AppendLine(
                differing.Count > 0
                    ? $"**These views differed from a recomputation: {string.Join(", ", differing)}.**"
                    : $"After all of it, every row of "
                        + (
                            verified.Count == AnalyticsViews.All.Count
                                ? "the views "
                                : $"all views but {OverlapMatrix}, which was left out of the comparison at this size, "
                        )
                        + $"equalled a recomputation from the raw results."
            );
        return text.ToString();
    }
}
