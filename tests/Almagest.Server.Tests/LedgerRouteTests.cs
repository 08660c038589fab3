using System.Net;
using System.Text.Json;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Runs, datasets, stars and comparisons: what is read.</summary>
public sealed class LedgerRouteTests(KnownLedger known)
{
    private const string RunFields = """
        run_id run_type algorithm parameters dataset_id dataset datasets dataset_filter selection selection_hash total_stars excluded
        anomaly_count cluster_count noise_count results_summary status is_complete error random_seed
        program_version created_at started_at completed_at results_hash results_hash_version retry_of group_id stage percent attempts
        heartbeat_at cancel_requested_at results_in_files
        """;
    private readonly TestServer _server = known.Server;

    [Fact]
    public async Task Runs_are_listed_newest_first_and_page_by_page()
    {
        Guid[] all = [known.Pending, known.Failed, known.Clusters, known.RunC, known.RunB, known.RunA];
        var seen = new List<Guid>();
        string? next = null;
        do
        {
            Assert.True(seen.Count < 100, "the pages do not end");
            var page = (await _server.GetAsync("/discovery/runs?limit=4" + (next is null ? "" : $"&before={next}"))).Json;
            JsonAssert.Fields(page, "items next truncated");
            Assert.Equal(page.GetProperty("next").ValueKind == JsonValueKind.String, page.GetProperty("truncated").GetBoolean());
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("run_id").GetGuid()));
            next = page.GetProperty("next").GetString();
        } while (next is not null);
        Assert.Equal(all, seen);
    }

    [Theory]
    [InlineData("run_type=cluster", 1)]
    [InlineData("status=failed", 1)]
    [InlineData("status=completed&run_type=anomaly", 3)]
    [InlineData("dataset=known", 6)]
    public async Task Runs_can_be_filtered(string query, int count) =>
        Assert.Equal(count, (await _server.GetAsync($"/discovery/runs?{query}")).Json.GetProperty("items").GetArrayLength());

    [Fact]
    public async Task A_run_says_everything_about_itself()
    {
        var run = (await _server.GetAsync($"/discovery/runs/{known.RunA}")).Json;
        JsonAssert.Fields(run, RunFields);
        Assert.Equal(
            ("known", 12L, "completed", true),
            (
                run.GetProperty("dataset").GetString(),
                run.GetProperty("total_stars").GetInt64(),
                run.GetProperty("status").GetString(),
                run.GetProperty("is_complete").GetBoolean()
            )
        );
        JsonAssert.Fields(
            run.GetProperty("parameters"),
            "draws missing features max_samples n_estimators random_state contamination distance_without_errors min_parallax_over_error"
        );
        Assert.Equal(JsonValueKind.Object, run.GetProperty("dataset_filter").ValueKind);
        Assert.Equal(4, run.GetProperty("results_summary").GetProperty("anomaly_count").GetInt32());
        Assert.Equal((4, JsonValueKind.Null), (run.GetProperty("anomaly_count").GetInt32(), run.GetProperty("cluster_count").ValueKind));
        Assert.Equal(
            "the disk caught fire",
            (await _server.GetAsync($"/discovery/runs/{known.Failed}")).Json.GetProperty("error").GetString()
        );
    }

    [Fact]
    public async Task Results_come_page_by_page_with_catalogue_columns()
    {
        var seen = new List<long>();
        string? next = null;
        do
        {
            Assert.True(seen.Count < 100, "the pages do not end");
            var page = (
                await _server.GetAsync($"/discovery/runs/{known.RunA}/results?limit=5" + (next is null ? "" : $"&after={next}"))
            ).Json;
            JsonAssert.Fields(page, "items next total truncated");
            JsonAssert.Fields(
                page.GetProperty("items")[0],
                """
                run_id star_id is_anomaly anomaly_score cluster_id source_id ra_deg dec_deg parallax_mas pmra_mas_yr pmdec_mas_yr magnitude
                color membership_probability membership_strength flag_probability score_spread membership_stability parallax_error_mas
                parallax_over_error ruwe filled
                """
            );
            Assert.Equal(12, page.GetProperty("total").GetInt64());
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("star_id").GetInt64()));
            next = page.GetProperty("next").GetString();
            Assert.Equal(next is not null, page.GetProperty("truncated").GetBoolean());
        } while (next is not null);
        Assert.Equal(known.Stars, seen);
    }

    [Fact]
    public async Task Results_can_be_the_anomalies_by_score_or_one_cluster()
    {
        var anomalies = (await _server.GetAsync($"/discovery/runs/{known.RunA}/results?anomalies_only=true&order=score&limit=3")).Json;
        Assert.Equal(4, anomalies.GetProperty("total").GetInt64());
        Assert.Equal(known.Stars[..3], anomalies.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("star_id").GetInt64()));
        Assert.Equal("4000000000000000001", anomalies.GetProperty("items")[0].GetProperty("source_id").GetString());
        var noise = (await _server.GetAsync($"/discovery/runs/{known.Clusters}/results?cluster_id=-1")).Json;
        Assert.Equal(known.Stars[8..], noise.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("star_id").GetInt64()));
        Assert.Equal(4, noise.GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task The_clusters_of_a_run_are_listed_largest_first_and_what_is_not_known_is_null()
    {
        var list = (await _server.GetAsync($"/discovery/runs/{known.Clusters}/clusters")).Json;
        JsonAssert.Fields(list, "run_id items total truncated");
        Assert.Equal((2, false), (list.GetProperty("total").GetInt32(), list.GetProperty("truncated").GetBoolean()));
        var (first, second) = (list.GetProperty("items")[0], list.GetProperty("items")[1]);
        JsonAssert.Fields(
            first,
            """
            cluster_id size ra_deg ra_error_deg dec_deg dec_error_deg radius_deg parallax_mas parallax_error_mas distance_pc
            distance_error_pc pmra_mas_yr pmra_error_mas_yr pmdec_mas_yr pmdec_error_mas_yr contrast significance known_as
            """
        );
        Assert.Equal(
            (1, 5, 9.5),
            (
                first.GetProperty("cluster_id").GetInt32(),
                first.GetProperty("size").GetInt32(),
                first.GetProperty("significance").GetDouble()
            )
        );
        Assert.Equal(JsonValueKind.Null, first.GetProperty("ra_deg").ValueKind);
        Assert.Equal((12.5, 0.25), (second.GetProperty("ra_deg").GetDouble(), second.GetProperty("ra_error_deg").GetDouble()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("contrast").ValueKind);

        var one = (await _server.GetAsync($"/discovery/runs/{known.Clusters}/clusters?limit=1")).Json;
        Assert.Equal(
            (1, 2, true),
            (one.GetProperty("items").GetArrayLength(), one.GetProperty("total").GetInt32(), one.GetProperty("truncated").GetBoolean())
        );
        var table = (await _server.GetAsync($"/discovery/runs/{known.Clusters}/clusters?format=csv")).Text.Split('\n');
        Assert.Contains(table, line => line.StartsWith("cluster_id,size,ra_deg,ra_error_deg,", StringComparison.Ordinal));
        Assert.Contains(table, line => line.StartsWith("0,3,12.5,0.25,", StringComparison.Ordinal));

        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{known.RunA}/clusters"), HttpStatusCode.BadRequest);
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{known.Failed}/clusters"), HttpStatusCode.BadRequest);
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{Guid.CreateVersion7()}/clusters"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Runs_are_listed_by_a_condition_in_any_order()
    {
        async Task<string[]> ListAsync(string query) =>
            [
                .. (await _server.GetAsync($"/discovery/runs?{query}"))
                    .Json.GetProperty("items")
                    .EnumerateArray()
                    .Select(r => r.GetProperty("run_id").GetString()!),
            ];
        Assert.Equal(
            [known.Clusters.ToString()],
            await ListAsync($"where={Uri.EscapeDataString("min_samples < 100 and cluster_count = 2")}")
        );
        var sorted = await ListAsync("sort=-anomaly_count&limit=3");
        Assert.Equal(new[] { known.RunA, known.RunB, known.RunC }.Select(r => r.ToString()).Order(), sorted.Order());
        var page = (await _server.GetAsync("/discovery/runs?sort=-anomaly_count&limit=3")).Json;
        Assert.Equal(sorted[^1], page.GetProperty("next").GetString());
        Assert.Contains(known.Clusters.ToString(), await ListAsync($"sort=-anomaly_count&after={sorted[^1]}"));

        var refused = JsonAssert.Problem(await _server.GetAsync("/discovery/runs?where=epz%20%3C%201"), HttpStatusCode.BadRequest, "where");
        Assert.Contains("character 1", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonAssert.Problem(await _server.GetAsync("/discovery/runs?sort=nothing"), HttpStatusCode.BadRequest, "sort");
    }

    [Fact]
    public async Task A_run_that_is_not_complete_has_no_results()
    {
        var failed = JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{known.Failed}/results"), HttpStatusCode.Conflict);
        Assert.Contains("the disk caught fire", failed.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{known.Pending}/results"), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Unknown_runs_datasets_and_stars_are_not_found()
    {
        var nobody = Guid.CreateVersion7();
        foreach (
            var path in new[]
            {
                $"/discovery/runs/{nobody}",
                $"/discovery/runs/{nobody}/results",
                $"/discovery/runs/{nobody}/events",
                "/datasets/nothing",
                "/datasets/999",
                "/datasets/nothing/stars",
                "/stars/999999999",
                "/discovery/runs?dataset=nothing",
            }
        )
            JsonAssert.Problem(await _server.GetAsync(path), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.DeleteAsync($"/discovery/runs/{nobody}"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.DeleteAsync("/datasets/nothing"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Datasets_say_where_they_came_from_and_what_was_rejected()
    {
        var listed = Assert.Single((await _server.GetAsync("/datasets")).Json.EnumerateArray());
        JsonAssert.Fields(
            listed,
            "dataset_id name source checksum column_mapping star_count rejected_count run_count reference_epoch created_at in_place"
        );
        Assert.Equal("known.csv", listed.GetProperty("source")[0].GetProperty("file").GetString());
        Assert.Equal(JsonValueKind.Object, listed.GetProperty("column_mapping").ValueKind);

        var one = (await _server.GetAsync("/datasets/known")).Json;
        JsonAssert.Fields(
            one,
            "dataset_id name source checksum column_mapping star_count rejected_count run_count reference_epoch created_at in_place "
                + "rejected_rows waiting"
        );
        Assert.Equal((12L, 1L), (one.GetProperty("star_count").GetInt64(), one.GetProperty("rejected_count").GetInt64()));
        var rejected = Assert.Single(one.GetProperty("rejected_rows").EnumerateArray());
        JsonAssert.Fields(rejected, "ordinal file line_number field reason value");
        Assert.Equal(14, rejected.GetProperty("line_number").GetInt64());
        Assert.Equal(one.GetRawText(), (await _server.GetAsync($"/datasets/{known.Dataset.DatasetId}")).Json.GetRawText());
    }

    [Fact]
    public async Task Stars_of_a_dataset_come_page_by_page_or_by_source_id()
    {
        var first = (await _server.GetAsync("/datasets/known/stars?limit=7")).Json;
        JsonAssert.Fields(first, "items next");
        var second = (await _server.GetAsync($"/datasets/known/stars?limit=7&after={first.GetProperty("next").GetInt64()}")).Json;
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(
            known.Stars,
            first
                .GetProperty("items")
                .EnumerateArray()
                .Concat(second.GetProperty("items").EnumerateArray())
                .Select(s => s.GetProperty("star_id").GetInt64())
        );

        var found = Assert.Single(
            (await _server.GetAsync("/datasets/known/stars?source_id=4000000000000000007")).Json.GetProperty("items").EnumerateArray()
        );
        Assert.Equal(known.Stars[6], found.GetProperty("star_id").GetInt64());
        Assert.Empty((await _server.GetAsync("/datasets/known/stars?source_id=1")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_star_shows_its_catalogue_row_how_often_it_is_flagged_and_its_history()
    {
        var star = (await _server.GetAsync($"/stars/{known.Stars[2]}")).Json;
        JsonAssert.Fields(
            star,
            """
            star_id dataset_id source_id ra_deg dec_deg parallax_mas parallax_error_mas pmra_mas_yr pmdec_mas_yr magnitude color
            radial_velocity_km_s ruwe healpix_29 extra ra_error dec_error pmra_error pmdec_error ra_dec_corr ra_parallax_corr ra_pmra_corr
            ra_pmdec_corr dec_parallax_corr dec_pmra_corr dec_pmdec_corr parallax_pmra_corr parallax_pmdec_corr pmra_pmdec_corr
            phot_bp_rp_excess_factor radial_velocity_error dataset labels frequency history
            """
        );
        Assert.Equal("4000000000000000003", star.GetProperty("source_id").GetString());
        Assert.Equal("known 2", star.GetProperty("extra").GetProperty("remark").GetString());
        Assert.Equal(JsonValueKind.String, star.GetProperty("healpix_29").ValueKind);
        Assert.Equal(JsonValueKind.Null, star.GetProperty("ruwe").ValueKind);
        Assert.Equal(2, star.GetProperty("frequency").GetProperty("anomaly_count").GetInt32());
        var history = star.GetProperty("history").EnumerateArray().ToList();
        JsonAssert.Fields(
            history[0],
            """
            run_id run_type algorithm parameters created_at is_anomaly anomaly_score cluster_id flag_probability
            membership_stability score_in_files
            """
        );
        Assert.Equal([known.Clusters, known.RunC, known.RunB, known.RunA], history.Select(h => h.GetProperty("run_id").GetGuid()));
        Assert.Equal(0, history[0].GetProperty("cluster_id").GetInt32());
        Assert.Equal(JsonValueKind.Null, history[0].GetProperty("anomaly_score").ValueKind);
    }

    [Fact]
    public async Task The_k_distances_of_a_selection_come_as_an_ascending_curve()
    {
        var dataset = (await _server.GetAsync("/datasets")).Json[0].GetProperty("name").GetString();
        var answer = (
            await _server.PostAsync("/discovery/k-distance", $$"""{"dataset": "{{dataset}}", "features": "sphere", "min_samples": 3}""")
        ).Json;
        var curve = answer.GetProperty("distances").EnumerateArray().Select(d => d.GetDouble()).ToList();
        Assert.Equal(200, curve.Count);
        Assert.Equal(curve.Order(), curve);
        Assert.True(answer.GetProperty("suggested_eps").GetDouble() > 0);
        Assert.Equal("sphere@1", answer.GetProperty("features").GetString());
        var candidates = answer.GetProperty("candidates").EnumerateArray().ToList();
        Assert.Equal(7, candidates.Count);
        Assert.Equal(
            answer.GetProperty("suggested_eps").GetDouble(),
            Assert.Single(candidates, c => c.GetProperty("is_suggested").GetBoolean()).GetProperty("eps").GetDouble()
        );
        Assert.All(
            candidates,
            c =>
                Assert.InRange(
                    c.GetProperty("cluster_count").GetInt32(),
                    c.GetProperty("largest_cluster").GetInt32() > 0 ? 1 : 0,
                    answer.GetProperty("total_stars").GetInt32()
                )
        );
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/k-distance", $$"""{"dataset": "{{dataset}}", "min_samples": 0}"""),
            HttpStatusCode.BadRequest,
            "parameters.min_samples"
        );
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/k-distance", """{"min_samples": 3}"""),
            HttpStatusCode.BadRequest,
            "dataset"
        );
    }

    [Theory]
    [InlineData("/discovery/runs?limit=0", "limit")]
    [InlineData("/discovery/runs?limit=1001", "limit")]
    [InlineData("/discovery/runs?status=done", "status")]
    [InlineData("/discovery/runs?run_type=x", "run_type")]
    [InlineData("/discovery/runs?before=yesterday", "before")]
    [InlineData("/discovery/runs?after=x", "after")]
    [InlineData("/discovery/runs/xyz", "run_id")]
    [InlineData("/discovery/runs/xyz/results", "run_id")]
    [InlineData("/discovery/runs/{A}/results?limit=10001", "limit")]
    [InlineData("/discovery/runs/{A}/results?limit=0", "limit")]
    [InlineData("/discovery/runs/{A}/results?order=name", "order")]
    [InlineData("/discovery/runs/{A}/results?anomalies_only=1", "anomalies_only")]
    [InlineData("/discovery/runs/{A}/results?cluster_id=-2", "cluster_id")]
    [InlineData("/discovery/runs/{A}/results?cluster_id=1", "cluster_id")]
    [InlineData("/discovery/runs/{A}/results?after=garbage", "after")]
    [InlineData("/discovery/runs/{A}/results?after=aXw5OTk5OTk5OTk5OTk5OTk5OTk5OXww", "after")]
    [InlineData("/discovery/runs/{C}/results?order=score", "order")]
    [InlineData("/stars/x", "star_id")]
    [InlineData("/stars/-1", "star_id")]
    [InlineData("/datasets?limit=1", "limit")]
    [InlineData("/datasets/known/stars?limit=0", "limit")]
    [InlineData("/datasets/known/stars?after=-1", "after")]
    [InlineData("/datasets/known/stars?source=1", "source")]
    [InlineData("/datasets/known/stars?source_id=%00", "source_id")]
    public async Task A_wrong_parameter_is_refused_by_name(string path, string field) =>
        JsonAssert.Problem(
            await _server.GetAsync(path.Replace("{A}", $"{known.RunA}").Replace("{C}", $"{known.Clusters}")),
            HttpStatusCode.BadRequest,
            field
        );
}
