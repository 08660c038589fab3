using Almagest.Contract.Errors;
using Almagest.Runs.Browsing;
using Almagest.Runs.Listing;
using Xunit;

namespace Almagest.Runs.Tests.Browsing;

/// <summary>Runs as a table: sweeps folded, parameters that differ, numbers with their spread, pages.</summary>
public sealed class RunBrowserTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>A sweep of four runs, two runs of their own, and a cluster run that failed.</summary>
    private static async Task<TestLedger> CreateAsync()
    {
        var test = await TestLedger.CreateAsync();
        var (first, _) = await test.AddDatasetAsync("first", 4);
        var (second, _) = await test.AddDatasetAsync("second", 4);
        const string Sweep = "0198c2a4-0000-7c3b-9f10-aaaaaaaaaaaa";
        var rows = new (string Parameters, int? Flagged, long Dataset, bool IsOfSweep)[]
        {
            ("""{"contamination": 0.01, "random_state": 1, "n_estimators": 100}""", 10, first, true),
            ("""{"contamination": 0.01, "random_state": 2, "n_estimators": 100}""", 20, first, true),
            ("""{"contamination": 0.05, "random_state": 1, "n_estimators": 100}""", 30, first, true),
            ("""{"contamination": 0.05, "random_state": 2, "n_estimators": 100}""", null, first, true),
            ("""{"contamination": 0.05, "random_state": 42, "n_estimators": 100}""", 25, first, false),
            ("""{"contamination": 0.1, "random_state": 42, "n_estimators": 100}""", 90, second, false),
        };
        for (var i = 0; i < rows.Length; i++)
        {
            var (parameters, flagged, dataset, isOfSweep) = rows[i];
            await test.ExecuteAsync(
                $$"""
                insert into discovery_runs (run_id, group_id, run_type, algorithm, parameters, dataset_id, dataset_filter,
                  total_stars, status, is_complete, program_version, created_at, started_at, completed_at, results_summary)
                values ('0198c2a4-000{{i}}-7c3b-9f10-3a5b8c6d7e8f', {{(isOfSweep ? $"'{Sweep}'" : "null")}}, 'anomaly', 'isolation_forest',
                  '{{parameters}}', {{dataset}}, '{}', {{(flagged is null ? 0 : 100)}}, '{{(flagged is null ? "failed" : "completed")}}',
                  {{flagged is not null}}, '1', timestamptz '2026-11-01Z' + interval '1 day' * {{i}}, timestamptz '2026-11-01Z',
                  timestamptz '2026-11-01Z' + interval '2 seconds',
                  {{(flagged is null ? "null" : $"'{{\"anomaly_count\": {flagged}}}'")}})
                """
            );
        }
        await test.ExecuteAsync(
            """
            insert into run_tags (run_id, tag) values ('0198c2a4-0000-7c3b-9f10-3a5b8c6d7e8f', 'good'),
              ('0198c2a4-0001-7c3b-9f10-3a5b8c6d7e8f', 'bad');
            insert into run_notes (run_id, text) values ('0198c2a4-0005-7c3b-9f10-3a5b8c6d7e8f', 'Hyades 50%'),
              ('0198c2a4-0005-7c3b-9f10-3a5b8c6d7e8f', 'Pleiades');
            """
        );
        return test;
    }

    [Fact]
    public async Task The_runs_of_a_sweep_are_one_row_with_the_mean_and_the_spread_of_what_they_found()
    {
        await using var test = await CreateAsync();
        var page = await new RunBrowser(test.Ledger).ReadAsync(new RunTableQuery(new RunQuery()), CancellationToken);
        Assert.Equal((6, 3), (page.Runs, page.TotalRows));
        Assert.Equal(["contamination", "random_state"], page.Differing);
        Assert.Equal(["contamination", "n_estimators", "random_state"], page.Parameters);
        // Newest first: the sweep is as new as its newest run.
        Assert.Equal([1, 1, 4], page.Rows.Select(r => r.Count));
        var sweep = page.Rows[2];
        Assert.Equal("3", sweep.Run.RunId.ToString()[12..13]);
        Assert.Equal((3, 1), (sweep.Statuses["completed"], sweep.Statuses["failed"]));
        Assert.Equal(new MetricSpan(3, 20, 10, 10, 30), sweep.Metrics["anomaly_count"]);
        // The run that failed analysed no star; the mean is of those that did.
        Assert.Equal(new MetricSpan(3, 100, 0, 100, 100), sweep.Metrics["total_stars"]);
        Assert.Equal(new ParameterSpan(2, "0.01", "0.05", true), sweep.Parameters["contamination"]);
        Assert.Equal(new ParameterSpan(1, "100", "100", true), sweep.Parameters["n_estimators"]);
        Assert.Equal(["bad", "good"], sweep.Tags);
        var alone = page.Rows[0];
        Assert.Equal(new MetricSpan(1, 90, null, 90, 90), alone.Metrics["anomaly_count"]);
        Assert.Equal(("Pleiades", 2), (alone.Note, alone.Notes));
        Assert.Equal(2, alone.Metrics["duration_s"].Mean);

        // Only what fits counts, also within a sweep.
        var fits = await new RunBrowser(test.Ledger).ReadAsync(
            new RunTableQuery(new RunQuery { Where = "contamination < 0.02 or anomaly_count > 80" }),
            CancellationToken
        );
        Assert.Equal([1, 2], fits.Rows.Select(r => r.Count));
        Assert.Equal(15, fits.Rows[1].Metrics["anomaly_count"].Mean);
    }

    [Theory]
    [InlineData("created", "012345")]
    [InlineData("-anomaly_count", "524103")]
    [InlineData("anomaly_count", "014253")]
    [InlineData("-contamination", "543210")]
    [InlineData("random_state", "021345")]
    [InlineData("-status", "354210")]
    public async Task Unfolded_they_are_sorted_by_any_column_and_cut_into_pages(string sort, string order)
    {
        await using var test = await CreateAsync();
        var found = "";
        for (var page = 1; page <= 3; page++)
        {
            var rows = (
                await new RunBrowser(test.Ledger).ReadAsync(
                    new RunTableQuery(new RunQuery { Sort = sort }, IsFolded: false, page, 2),
                    CancellationToken
                )
            ).Rows;
            Assert.Equal(2, rows.Count);
            found += string.Concat(rows.Select(r => r.Run.RunId.ToString()[12]));
        }
        Assert.Equal(order, found);
    }

    [Theory]
    [InlineData("hyades", "5")]
    [InlineData("50%", "5")]
    [InlineData("5_%", "")]
    [InlineData("good", "0")]
    [InlineData("0.01 forest", "10")]
    [InlineData("second", "5")]
    [InlineData("0004-7c3b", "4")]
    [InlineData("failed", "3")]
    public async Task They_are_searched_for_words_in_all_that_a_run_says(string search, string order)
    {
        await using var test = await CreateAsync();
        var query = new RunQuery { Search = search };
        var page = await new RunBrowser(test.Ledger).ReadAsync(new RunTableQuery(query, IsFolded: false), CancellationToken);
        Assert.Equal(order, string.Concat(page.Rows.Select(r => r.Run.RunId.ToString()[12])));
        Assert.Equal(order.Length, page.Runs);
        Assert.Equal(
            order,
            string.Concat((await new RunBrowser(test.Ledger).IdsAsync(query, 10, CancellationToken)).Select(i => i.ToString()[12]))
        );
    }

    [Fact]
    public async Task What_goes_with_runs_is_counted()
    {
        await using var test = await CreateAsync();
        var ids = await new RunBrowser(test.Ledger).IdsAsync(new RunQuery(), 10, CancellationToken);
        var tally = await RunTally.ReadAsync(test.Ledger, ids, CancellationToken);
        Assert.Equal((5, 500, 2, 2, 10), (tally.Complete.Count, tally.Results, tally.Tags, tally.Notes, tally.Seconds));
    }

    [Fact]
    public async Task An_order_that_there_is_not_is_refused()
    {
        await using var test = await CreateAsync();
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            new RunBrowser(test.Ledger).ReadAsync(new RunTableQuery(new RunQuery { Sort = "beauty" }), CancellationToken)
        );
        Assert.Equal("sort", refused.Field);
    }
}
