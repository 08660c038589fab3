using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Analytics;
using Almagest.Ledger.Views;

namespace Almagest.Bench.Views;

/// <summary>
/// The time of refreshing each view without disturbing its readers, at growing histories. The yardstick is the smallest history.
/// </summary>
internal static class RefreshCost
{
    private const int Passes = 3;

    public static async Task<string> MeasureAsync(string server, IReadOnlyList<(int Runs, int Stars)> histories, TextWriter log)
    {
        var page = new StringBuilder(
            "## Refreshing every view\n\nMedians of three refreshes with nothing changed, the least that a refresh costs; two views "
                + "at a time, as always: each is measured beside another.\n\n"
        ).Append(
            "| results | view | rows | ms | ms per M results | times the first history |\n| ---: | --- | ---: | ---: | ---: | ---: |\n"
        );
        var first = new Dictionary<string, double>();
        foreach (var (runs, stars) in histories)
        {
            await using var database = await BenchDatabase.CreateAsync(server, $"almagest_bench_views_{runs}x{stars}");
            await SyntheticHistory.FillAsync(database.Ledger, runs, stars, log);
            var refreshes = new List<IReadOnlyList<ViewRefreshOutcome>>();
            var whole = new List<double>();
            for (var pass = 0; pass < Passes; pass++)
            {
                var watch = Stopwatch.StartNew();
                refreshes.Add(await new ViewRefresher(database.Ledger).RefreshAsync());
                whole.Add(watch.Elapsed.TotalMilliseconds);
            }
            void Add(string name, long rows, IEnumerable<double> times)
            {
                var ms = times.Order().ElementAt(Passes / 2);
                first.TryAdd(name, ms);
                var results = (long)runs * stars;
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| {results:N0} | {name} | {rows:N0} | {ms:N1} | {ms / results * 1e6:N1} | {ms / first[name]:N1} |\n"
                );
            }
            foreach (var view in refreshes.SelectMany(r => r).GroupBy(r => r.ViewName))
            {
                if (view.FirstOrDefault(r => !r.Succeeded) is { } failed)
                    throw new InvalidOperationException($"{failed.ViewName}: {failed.Error}");
                Add(view.Key, view.First().Rows, view.Select(r => r.DurationMs));
            }
            Add("all, from the first's start to the last's end", refreshes[0].Sum(r => r.Rows), whole);
        }
        return page.ToString();
    }
}
