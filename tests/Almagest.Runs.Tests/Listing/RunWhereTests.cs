using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Xunit;

namespace Almagest.Runs.Tests.Listing;

/// <summary>Runs by conditions on their fields, parameters, outcomes, tags and dates, in any order.</summary>
public sealed class RunWhereTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Six runs whose tags begin with their numbers.</summary>
    private static async Task<TestLedger> CreateAsync()
    {
        var test = await TestLedger.CreateAsync();
        var (first, _) = await test.AddDatasetAsync("first", 4);
        var (second, _) = await test.AddDatasetAsync("second", 4);
        var rows = new (string Algorithm, string Parameters, string? Summary, string Filter)[]
        {
            ("dbscan", """{"eps": 0.1, "min_samples": 5, "metric": "euclidean"}""", """{"cluster_count": 9, "noise_count": 1}""", "{}"),
            ("dbscan", """{"eps": 0.2, "min_samples": 8}""", """{"cluster_count": 3}""", "{}"),
            ("dbscan", """{"eps": 0.5, "min_samples": 8}""", """{"cluster_count": 12}""", "{}"),
            (
                "isolation_forest",
                """{"contamination": 0.05, "features": "kinematic", "distance_without_errors": true}""",
                """{"anomaly_count": 40, "excluded": [{"reason": "no pmra", "count": 2}, {"reason": "no pmdec", "count": 3}]}""",
                "{}"
            ),
            ("isolation_forest", """{"contamination": 0.01, "features": null}""", """{"anomaly_count": 8}""", "{}"),
            ("hdbscan", """{"min_cluster_size": 5}""", null, $$"""{"also_datasets": [{{second}}]}"""),
        };
        for (var i = 0; i < rows.Length; i++)
        {
            var (algorithm, parameters, summary, filter) = rows[i];
            await test.ExecuteAsync(
                $"""
                insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, dataset_filter, total_stars, status,
                  is_complete,
                  program_version, created_at, started_at, completed_at, results_summary)
                values ('0198c2a4-000{i}-7c3b-9f10-3a5b8c6d7e8f', '{(
                    algorithm == "isolation_forest" ? "anomaly" : "cluster"
                )}', '{algorithm}',
                  '{parameters}', {(i == 2 ? second : first)}, '{filter}', {100 * (i + 1)}, '{(summary is null ? "failed" : "completed")}',
                  {summary is not null}, '1', timestamptz '2026-11-01Z' + interval '1 day' * {i}, timestamptz '2026-11-01Z',
                  {(summary is null ? "null" : $"timestamptz '2026-11-01Z' + interval '{i + 1} seconds'")},
                  {(summary is null ? "null" : $"'{summary}'")})
                """
            );
        }
        await test.ExecuteAsync(
            """
            insert into run_tags (run_id, tag) values ('0198c2a4-0000-7c3b-9f10-3a5b8c6d7e8f', 'good'),
              ('0198c2a4-0000-7c3b-9f10-3a5b8c6d7e8f', 'paper'), ('0198c2a4-0003-7c3b-9f10-3a5b8c6d7e8f', 'it''s odd'),
              ('0198c2a4-0004-7c3b-9f10-3a5b8c6d7e8f', 'paper');
            insert into run_notes (run_id, text) values ('0198c2a4-0001-7c3b-9f10-3a5b8c6d7e8f', 'Check the Hyades');
            """
        );
        return test;
    }

    private static string Numbers(IEnumerable<DiscoveryRun> runs) => string.Concat(runs.Select(r => r.RunId.ToString()[12]));

    [Fact]
    public async Task Each_kind_of_condition_finds_its_runs()
    {
        await using var test = await CreateAsync();
        var runs = new RunRepository(test.Ledger);
        foreach (
            var (where, expected) in new[]
            {
                ("eps < 0.3 and cluster_count > 5", "0"),
                ("eps < 0.3", "01"),
                ("EPS <= 0.2 AND NOT cluster_count > 5", "1"),
                ("eps = 0.1 or contamination = 5e-2", "03"),
                ("eps in (0.1, 0.5) or algorithm = 'hdbscan'", "025"),
                ("eps not in (0.1, 0.5)", "1"),
                ("min_samples between 6 and 9", "12"),
                ("features = 'kinematic'", "3"),
                ("features is null and run_type = 'anomaly'", "4"),
                ("eps is not null and (cluster_count >= 12 or noise_count = 1)", "02"),
                ("distance_without_errors = true", "3"),
                ("tag = 'good'", "0"),
                ("tag = 'it''s odd'", "3"),
                ("tag in ('good', 'paper')", "04"),
                ("tag <> 'paper'", "1235"),
                ("tag is null", "125"),
                ("tag like 'pap%'", "04"),
                ("note like '%hyades%'", "1"),
                ("algorithm like 'DB%'", "012"),
                ("created >= '2026-11-03' and created_at < '2026-11-05T00:00:00Z'", "23"),
                ("completed is null", "5"),
                ("status = 'failed' or is_complete = false", "5"),
                ("dataset = 'second'", "25"),
                ("dataset = 'first' and run_type != 'anomaly'", "015"),
                ("total_stars > 350 and anomaly_count is not null", "34"),
                ("excluded_count = 5", "3"),
                ("duration_s >= 3", "234"),
                ("parameters.eps > 0.15", "12"),
                ("parameters.of_an_older_program is null and eps = 0.5", "2"),
                ("not (algorithm = 'dbscan' or algorithm = 'hdbscan')", "34"),
                ("run_id like '0198c2a4-0002%'", "2"),
                ("run_id = '0198c2a4-0002'", "2"),
                ("run_id in ('0198c2a4-0002', '0198c2a4-0003')", "23"),
                ("algorithm = 'isolation_forest' and not features = 'kinematic'", ""),
                ("features in ('kinematic@1')", ""),
            }
        )
        {
            var found = await runs.ListAsync(new RunQuery { Where = where, Sort = RunOrder.Oldest }, CancellationToken);
            Assert.True(Numbers(found) == expected, $"{where}: {Numbers(found)}, expected {expected}");
        }
    }

    [Theory]
    [InlineData("cluster_count", "10245", "3")]
    [InlineData("-cluster_count", "20154", "3")]
    public async Task Runs_without_the_value_of_the_order_come_last(string sort, string expected, string behindTheOthers)
    {
        await using var test = await CreateAsync();
        var found = Numbers(await new RunRepository(test.Ledger).ListAsync(new RunQuery { Sort = sort }, CancellationToken));
        Assert.Equal(expected[..3], found[..3]);
        Assert.Contains(behindTheOthers, found[3..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eps")]
    [InlineData("-eps")]
    [InlineData("features")]
    [InlineData("-features")]
    [InlineData("tag")]
    [InlineData("duration_s")]
    [InlineData("-created")]
    [InlineData("is_complete")]
    [InlineData("-dataset")]
    public async Task Pages_of_any_order_hold_every_run_once(string sort)
    {
        await using var test = await CreateAsync();
        var runs = new RunRepository(test.Ledger);
        var query = new RunQuery { Sort = sort, Where = "total_stars > 0" };
        var whole = await runs.ListAsync(query, CancellationToken);
        Assert.Equal(6, whole.Count);
        var paged = new List<DiscoveryRun>();
        for (string? after = null; ; after = RunOrder.TokenOf(paged[^1], sort))
        {
            var page = await runs.ListAsync(query with { Limit = 2, After = after }, CancellationToken);
            paged.AddRange(page);
            if (page.Count < 2)
                break;
        }
        Assert.Equal(Numbers(whole), Numbers(paged));
    }

    [Fact]
    public async Task Conditions_and_orders_go_with_the_other_filters()
    {
        await using var test = await CreateAsync();
        var runs = new RunRepository(test.Ledger);
        var query = new RunQuery(RunTypes.Cluster, RunStatus.Completed) { Where = "min_samples >= 5", Sort = "-eps" };
        Assert.Equal("210", Numbers(await runs.ListAsync(query, CancellationToken)));
        Assert.Equal("0", Numbers(await runs.ListAsync(query with { Tag = "paper" }, CancellationToken)));
        Assert.Equal("", Numbers(await runs.ListAsync(query with { Algorithm = "hdbscan" }, CancellationToken)));
        Assert.Equal("0", Numbers(await runs.ListAsync(query with { Tag = "paper", Sort = RunOrder.MostStars }, CancellationToken)));
    }

    [Theory]
    [InlineData("epz < 0.3", 1, "a run has no 'epz'; there are eps")]
    [InlineData("eps < ", 7, "found the end")]
    [InlineData("eps < 0.3 cluster_count > 5", 11, "expected and, or, or the end, found cluster_count")]
    [InlineData("eps ! 3", 5, "'!' is not part of a condition")]
    [InlineData("eps < '0.3'", 7, "write one without quotes")]
    [InlineData("cluster_count = 'five'", 17, "a number, without quotes")]
    [InlineData("tag > 'a'", 5, "compare it with =")]
    [InlineData("tag = \"a\"", 7, "single quotes")]
    [InlineData("tag = 'a", 7, "does not end")]
    [InlineData("created > 'yesterday'", 11, "a time such as")]
    [InlineData("created > 2026", 11, "a time such as")]
    [InlineData("status = 'finished'", 10, "is one of pending, running, completed")]
    [InlineData("run_id = 'abc'", 10, "at least six characters")]
    [InlineData("algorithm in ('dbscan', 'kmeans')", 25, "is one of")]
    [InlineData("eps = null", 7, "is null")]
    [InlineData("(eps < 1", 9, "expected ), found the end")]
    [InlineData("eps < 1.2.3", 7, "not a number")]
    [InlineData("eps in ()", 9, "expected a number")]
    [InlineData("1 = 1; drop table stars", 6, "';' is not part")]
    [InlineData("algorithm = 5", 13, "a text in single quotes")]
    [InlineData("is_complete = 1", 15, "true or false")]
    public void What_cannot_be_read_is_refused_with_its_place(string where, int character, string message)
    {
        var error = Assert.Throws<LedgerException>(() => RunWhere.Parse(where));
        Assert.StartsWith($"where, character {character}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(("where", ErrorCode.UnreadableFilter), (error.Field, error.Code));
    }

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        Assert.Throws<LedgerException>(() => RunWhere.Parse($"{new string('(', 2000)}eps < 1{new string(')', 1990)}"));
        Assert.Throws<LedgerException>(() => RunWhere.Parse(string.Join(" or ", Enumerable.Repeat("eps < 1", 1000))));
    }

    [Fact]
    public void No_value_is_part_of_the_text()
    {
        var condition = RunWhere.Parse("tag = 'x'' or 1=1 --' and features = '{0}' and eps < 0.25 and note like '%;%'");
        Assert.DoesNotContain("1=1", condition.Sql, StringComparison.Ordinal);
        Assert.Contains("x' or 1=1 --", condition.Values);
        Assert.Contains(0.25, condition.Values);
    }
}
