using System.Net;
using System.Text.Json;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

public sealed class AnalyticsTests(KnownLedger known)
{
    private const string Root = "/analytics/discovery";
    private readonly TestServer _server = known.Server;

    [Fact]
    public async Task Stats_are_the_complete_runs_newest_first_with_the_columns_of_the_view()
    {
        var answer = await _server.GetAsync($"{Root}/stats");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var rows = answer.Json.EnumerateArray().ToList();
        Assert.Equal([known.Clusters, known.RunC, known.RunB, known.RunA], rows.Select(r => r.GetProperty("run_id").GetGuid()));
        JsonAssert.Fields(
            rows[0],
            """
            run_id run_type created_at total_stars parameters_json anomaly_count anomaly_percentage min_anomaly_score max_anomaly_score
            avg_anomaly_score cluster_count min_cluster_size max_cluster_size avg_cluster_size noise_count last_updated
            """
        );
        var a = rows[3];
        Assert.Equal(4, a.GetProperty("anomaly_count").GetInt64());
        Assert.Equal(100.0 * 4 / 12, a.GetProperty("anomaly_percentage").GetDouble(), 12);
        Assert.Equal(-0.4, a.GetProperty("min_anomaly_score").GetDouble(), 12);
        Assert.Equal(-0.25, a.GetProperty("max_anomaly_score").GetDouble(), 12);
        Assert.Equal(-0.325, a.GetProperty("avg_anomaly_score").GetDouble(), 9);
        Assert.Equal(JsonValueKind.Null, a.GetProperty("min_cluster_size").ValueKind);
        Assert.Equal(0.05, a.GetProperty("parameters_json").GetProperty("contamination").GetDouble());
        Assert.EndsWith("Z", a.GetProperty("created_at").GetString(), StringComparison.Ordinal);
        var clusters = rows[0];
        Assert.Equal(
            (2, 3, 5, 4.0, 4),
            (
                clusters.GetProperty("cluster_count").GetInt32(),
                clusters.GetProperty("min_cluster_size").GetInt32(),
                clusters.GetProperty("max_cluster_size").GetInt32(),
                clusters.GetProperty("avg_cluster_size").GetDouble(),
                clusters.GetProperty("noise_count").GetInt32()
            )
        );
    }

    [Theory]
    [InlineData("run_type=cluster", 1)]
    [InlineData("run_type=anomaly", 3)]
    [InlineData("run_type=anomaly&limit=2", 2)]
    [InlineData("run_type=&limit=", 4)]
    [InlineData("limit=1000", 4)]
    [InlineData("limit=1", 1)]
    public async Task Stats_can_be_filtered_and_limited(string query, int rows) =>
        Assert.Equal(rows, (await _server.GetAsync($"{Root}/stats?{query}")).Json.GetArrayLength());

    [Fact]
    public async Task Cluster_sizes_are_largest_first_with_their_members()
    {
        var rows = (await _server.GetAsync($"{Root}/clusters/{known.Clusters}/sizes")).Json.EnumerateArray().ToList();
        JsonAssert.Fields(rows[0], "run_id cluster_id cluster_size star_ids last_updated");
        Assert.Equal(
            [(1, 5), (0, 3)],
            rows.Select(r => (r.GetProperty("cluster_id").GetInt32(), r.GetProperty("cluster_size").GetInt32()))
        );
        Assert.Equal(known.Stars[3..8], JsonAssert.Longs(rows[0].GetProperty("star_ids")));
    }

    [Fact]
    public async Task A_run_without_clusters_is_not_found_and_the_answer_says_why()
    {
        var anomaly = JsonAssert.Problem(await _server.GetAsync($"{Root}/clusters/{known.RunA}/sizes"), HttpStatusCode.NotFound);
        Assert.Contains("anomaly run", anomaly.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var unknown = JsonAssert.Problem(await _server.GetAsync($"{Root}/clusters/{Guid.NewGuid()}/sizes"), HttpStatusCode.NotFound);
        Assert.Contains("no run", unknown.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stars_frequency_counts_the_runs_that_flagged_and_that_analysed_it()
    {
        var row = (await _server.GetAsync($"{Root}/stars/{known.Stars[2]}/frequency")).Json;
        JsonAssert.Fields(row, "star_id anomaly_count total_runs frequency_pct mean_anomaly_score run_ids last_updated");
        Assert.Equal(
            (known.Stars[2], 2L, 3L),
            (row.GetProperty("star_id").GetInt64(), row.GetProperty("anomaly_count").GetInt64(), row.GetProperty("total_runs").GetInt64())
        );
        Assert.Equal(200.0 / 3, row.GetProperty("frequency_pct").GetDouble(), 12);
        Assert.Equal(-0.3, row.GetProperty("mean_anomaly_score").GetDouble(), 9);
        Assert.Equal([known.RunA, known.RunB], row.GetProperty("run_ids").EnumerateArray().Select(r => r.GetGuid()));

        var never = (await _server.GetAsync($"{Root}/stars/{known.Stars[11]}/frequency")).Json;
        Assert.Equal(0, never.GetProperty("anomaly_count").GetInt64());
        Assert.Equal(JsonValueKind.Null, never.GetProperty("mean_anomaly_score").ValueKind);
    }

    [Fact]
    public async Task A_star_that_no_run_analysed_is_not_found() =>
        JsonAssert.Problem(await _server.GetAsync($"{Root}/stars/{known.Stars[^1] + 1000}/frequency"), HttpStatusCode.NotFound);

    [Fact]
    public async Task Overlaps_are_most_similar_first_and_include_pairs_that_share_nothing()
    {
        var rows = (await _server.GetAsync($"{Root}/overlaps")).Json.EnumerateArray().ToList();
        Assert.Equal(3, rows.Count);
        JsonAssert.Fields(
            rows[0],
            """
            run_1_id run_1_count run_2_id run_2_count overlap_count overlapping_star_ids run_1_unique_count run_2_unique_count
            jaccard_similarity last_updated
            """
        );
        var best = rows[0];
        Assert.Equal((known.RunA, known.RunB), (best.GetProperty("run_1_id").GetGuid(), best.GetProperty("run_2_id").GetGuid()));
        Assert.Equal(known.Stars[2..4], JsonAssert.Longs(best.GetProperty("overlapping_star_ids")));
        Assert.Equal(
            (2, 2, 2),
            (
                best.GetProperty("overlap_count").GetInt32(),
                best.GetProperty("run_1_unique_count").GetInt32(),
                best.GetProperty("run_2_unique_count").GetInt32()
            )
        );
        Assert.Equal(2.0 / 6, best.GetProperty("jaccard_similarity").GetDouble(), 12);
        Assert.All(rows[1..], r => Assert.Equal(0, r.GetProperty("jaccard_similarity").GetDouble()));
    }

    [Fact]
    public async Task Overlaps_can_be_asked_of_one_run_and_above_a_similarity()
    {
        Assert.Equal(2, (await _server.GetAsync($"{Root}/overlaps?run_id={known.RunC}")).Json.GetArrayLength());
        Assert.Equal(1, (await _server.GetAsync($"{Root}/overlaps?min_similarity=0.3")).Json.GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync($"{Root}/overlaps?min_similarity=1&run_id={known.RunA}")).Json.GetArrayLength());
        Assert.Equal(0, (await _server.GetAsync($"{Root}/overlaps?run_id={known.Clusters}")).Json.GetArrayLength());
        JsonAssert.Problem(await _server.GetAsync($"{Root}/overlaps?run_id={Guid.NewGuid()}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_timeline_counts_all_runs_and_the_complete_ones_by_week_or_month()
    {
        var weeks = (await _server.GetAsync($"{Root}/timeline")).Json.EnumerateArray().ToList();
        JsonAssert.Fields(
            weeks[0],
            "period_start period_type run_type total_runs completed_runs completion_rate total_stars_analyzed last_updated"
        );
        Assert.All(weeks, w => Assert.Equal(DayOfWeek.Monday, DateOnly.Parse(w.GetProperty("period_start").GetString()!).DayOfWeek));
        var months = (await _server.GetAsync($"{Root}/timeline?period_type=month&run_type=anomaly")).Json.EnumerateArray().ToList();
        Assert.All(
            months,
            m =>
                Assert.Equal(
                    ("month", 1),
                    (m.GetProperty("period_type").GetString(), DateOnly.Parse(m.GetProperty("period_start").GetString()!).Day)
                )
        );
        Assert.Equal(
            (5, 3, 36),
            (
                months.Sum(m => m.GetProperty("total_runs").GetInt32()),
                months.Sum(m => m.GetProperty("completed_runs").GetInt32()),
                months.Sum(m => m.GetProperty("total_stars_analyzed").GetInt32())
            )
        );
    }

    [Theory]
    [InlineData("/stats?limit=0", "limit")]
    [InlineData("/stats?limit=1001", "limit")]
    [InlineData("/stats?limit=-1", "limit")]
    [InlineData("/stats?limit=ten", "limit")]
    [InlineData("/stats?limit=1.5", "limit")]
    [InlineData("/stats?limit=99999999999999999999", "limit")]
    [InlineData("/stats?limit=5&limit=6", "limit")]
    [InlineData("/stats?run_type=clusters", "run_type")]
    [InlineData("/stats?run_type=%00", "run_type")]
    [InlineData("/stats?runtype=anomaly", "runtype")]
    [InlineData("/clusters/abc-123-def/sizes", "run_id")]
    [InlineData("/clusters/00000000000000000000000000000000/sizes", "run_id")]
    [InlineData("/stars/sirius/frequency", "star_id")]
    [InlineData("/stars/0/frequency", "star_id")]
    [InlineData("/stars/9223372036854775808/frequency", "star_id")]
    [InlineData("/overlaps?run_id=42", "run_id")]
    [InlineData("/overlaps?min_similarity=1.01", "min_similarity")]
    [InlineData("/overlaps?min_similarity=-0.1", "min_similarity")]
    [InlineData("/overlaps?min_similarity=NaN", "min_similarity")]
    [InlineData("/overlaps?limit=501", "limit")]
    [InlineData("/overlaps?limit=0", "limit")]
    [InlineData("/timeline?period_type=day", "period_type")]
    [InlineData("/timeline?limit=366", "limit")]
    [InlineData("/timeline?limit=0", "limit")]
    [InlineData("/timeline?run_type=all", "run_type")]
    [InlineData("/views?limit=3", "limit")]
    public async Task A_wrong_parameter_is_refused_by_name(string path, string field) =>
        JsonAssert.Problem(await _server.GetAsync(Root + path), HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task A_refusal_says_what_was_found_and_expected() =>
        Assert.Equal(
            "limit is '1001', expected a whole number from 1 to 1000.",
            JsonAssert
                .Problem(await _server.GetAsync($"{Root}/stats?limit=1001"), HttpStatusCode.BadRequest, "limit")
                .GetProperty("detail")
                .GetString()
        );

    [Fact]
    public async Task Refreshing_answers_each_views_rows_and_time()
    {
        var answer = await _server.PostAsync($"{Root}/refresh-views");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonAssert.Fields(answer.Json, "status message views_refreshed views");
        Assert.Equal("success", answer.Json.GetProperty("status").GetString());
        var views = answer.Json.GetProperty("views").EnumerateArray().ToList();
        Assert.Equal(
            Almagest.Ledger.Views.AnalyticsViews.All.Select(v => v.Name),
            answer.Json.GetProperty("views_refreshed").EnumerateArray().Select(v => v.GetString()!)
        );
        Assert.All(views, v => JsonAssert.Fields(v, "view_name succeeded rows duration_ms error"));
        Assert.Equal(
            4,
            views.Single(v => v.GetProperty("view_name").GetString() == "mv_discovery_run_stats").GetProperty("rows").GetInt64()
        );
        Assert.Equal(
            12,
            views.Single(v => v.GetProperty("view_name").GetString() == "mv_star_anomaly_frequency").GetProperty("rows").GetInt64()
        );
    }

    [Fact]
    public async Task Many_refreshes_at_once_are_few_and_the_server_stays_ready()
    {
        async Task<long> RefreshesAsync()
        {
            await using var connection = await _server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
            await using var count = new Npgsql.NpgsqlCommand(
                "select count(*) from public.view_refreshes where reason = 'manual' and view_name = 'mv_discovery_run_stats'",
                connection
            );
            return (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
        var before = await RefreshesAsync();
        var refreshes = Enumerable.Range(0, 60).Select(_ => _server.PostAsync($"{Root}/refresh-views")).ToList();
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync("/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"{Root}/stats")).Status);
        Assert.All(await Task.WhenAll(refreshes), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        // The first, and one for those who came meanwhile; a few more where the requests themselves took their time to arrive.
        Assert.InRange(await RefreshesAsync() - before, 1, 30);
    }

    [Fact]
    public async Task Views_say_how_fresh_they_are()
    {
        await Eventually.HoldsAsync(async () =>
            (await _server.GetAsync($"{Root}/views")).Json.EnumerateArray().All(v => !v.GetProperty("lags").GetBoolean())
        );
        var views = (await _server.GetAsync($"{Root}/views")).Json.EnumerateArray().ToList();
        Assert.Equal(
            Almagest.Ledger.Views.AnalyticsViews.All.Select(v => v.Name),
            views.Select(v => v.GetProperty("view_name").GetString()!)
        );
        JsonAssert.Fields(
            views[0],
            """
            view_name mode version rows size_bytes last_refresh last_duration_ms age_seconds pending_runs missing_runs lags is_refreshing
            last_error last_outcome
            consecutive_failures next_retry
            """
        );
        Assert.All(views, v => Assert.Equal("refresh", v.GetProperty("mode").GetString()));
    }
}
