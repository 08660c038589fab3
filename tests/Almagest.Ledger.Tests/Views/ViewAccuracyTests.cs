using Almagest.Ledger.Views;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>Each view against a plain computation, after each step of random histories.</summary>
public sealed class ViewAccuracyTests
{
    static readonly (string View, string Sql, Func<IEnumerable<PlainRun>, PlainSky, List<string>> Plain)[] Views =
    [
        ("mv_discovery_run_stats", PlainLedger.RunStatsSql, (runs, _) => PlainLedger.RunStats(runs)),
        ("mv_cluster_size_distribution", PlainLedger.ClusterSizesSql, (runs, _) => PlainLedger.ClusterSizes(runs)),
        ("mv_star_anomaly_frequency", PlainLedger.StarFrequencySql, (runs, _) => PlainLedger.StarFrequency(runs)),
        ("mv_anomaly_overlap_matrix", PlainLedger.OverlapSql, (runs, _) => PlainLedger.Overlap(runs)),
        ("mv_discovery_timeline", PlainLedger.TimelineSql, (runs, _) => PlainLedger.Timeline(runs)),
        ("mv_dataset_coverage", PlainCoverage.CoverageSql, PlainCoverage.Coverage),
        ("mv_discovery_quality", PlainQuality.Sql, PlainQuality.Rows),
        ("mv_parameter_performance", PlainCoverage.ParametersSql, PlainCoverage.Parameters),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task After_every_step_of_a_random_history_each_view_holds_what_a_plain_computation_gives(int seed)
    {
        await using var test = await TestLedger.CreateAsync();
        var history = new RandomHistory(test, new Random(seed));
        await history.PrepareAsync();
        var refresher = new ViewRefresher(test.Ledger);
        var seen = new Dictionary<string, int>();
        for (var step = 0; step < 40; step++)
        {
            await history.StepAsync();
            Assert.All(await refresher.RefreshPendingAsync(), o => Assert.True(o.Succeeded, o.Error));
            foreach (var (view, sql, plain) in Views)
            {
                var expected = plain(history.Runs, history.Sky);
                Assert.Equal(expected, await ReadAsync(test, sql));
                seen[view] = Math.Max(seen.GetValueOrDefault(view), expected.Count);
            }
        }
        // A history in which nothing happens would prove nothing.
        Assert.All(Views, v => Assert.True(seen[v.View] > 1, v.View));
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees && !v.Lags, v.ViewName));
    }

    [Fact]
    public async Task A_refresh_with_nothing_new_rewrites_no_row()
    {
        await using var test = await TestLedger.CreateAsync();
        var history = new RandomHistory(test, new Random(11));
        await history.PrepareAsync();
        for (var step = 0; step < 30; step++) await history.StepAsync();
        var refresher = new ViewRefresher(test.Ledger);
        await refresher.RefreshAsync();
        async Task<List<string>> VersionsAsync() => await test.StringsAsync(string.Join(" union all ", Views.Select(v => $"select '{v.View}', ctid::text, xmin::text from {v.View}")) + " order by 1, 2");
        var before = await VersionsAsync();
        Assert.True(before.Count > 10);
        await refresher.RefreshAsync();
        Assert.Equal(before, await VersionsAsync());
    }

    static async Task<List<string>> ReadAsync(TestLedger test, string sql)
    {
        var rows = new List<string>();
        await using var command = test.Ledger.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(PlainLedger.Row([.. Enumerable.Range(0, reader.FieldCount).Select(i =>
                reader.GetDataTypeName(i) == "date" ? reader.GetFieldValue<DateOnly>(i) : reader.GetValue(i))]));
        }
        return PlainLedger.Sorted(rows);
    }
}
