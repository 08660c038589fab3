using System.Net;
using System.Text.Json;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Parameter sets, coverage of the sky and quality, over HTTP.</summary>
public sealed class CoverageTests(KnownLedger known)
{
    private const string Root = "/analytics/discovery";
    private readonly TestServer _server = known.Server;

    private async Task<List<JsonElement>> RowsAsync(string path)
    {
        var answer = await _server.GetAsync(Root + path);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer.Json.EnumerateArray()];
    }

    [Fact]
    public async Task Runs_with_the_same_parameters_share_a_row_and_failed_ones_have_none()
    {
        var rows = await RowsAsync("/parameters");
        JsonAssert.Fields(
            rows[0],
            """
            run_type algorithm parameters_hash dataset_id parameters_json runs datasets mean_anomaly_count min_anomaly_count
            max_anomaly_count
            mean_anomaly_percentage
            mean_cluster_count mean_noise_fraction mean_similarity labelled_runs mean_precision mean_recall mean_f1 mean_average_precision
            mean_adjusted_rand_index mean_purity last_updated
            """
        );
        Assert.Equal(
            [("isolation_forest", 3), ("dbscan", 1)],
            rows.Select(r => (r.GetProperty("algorithm").GetString()!, r.GetProperty("runs").GetInt32()))
        );
        var forest = rows[0];
        Assert.False(forest.GetProperty("parameters_json").TryGetProperty("random_state", out _));
        Assert.Equal((0, 4), (forest.GetProperty("min_anomaly_count").GetInt32(), forest.GetProperty("max_anomaly_count").GetInt32()));
        Assert.Equal(8.0 / 3, forest.GetProperty("mean_anomaly_count").GetDouble(), 12);
        // Of three pairs one has 2 of 6 stars in common, the others none.
        Assert.Equal(1.0 / 9, forest.GetProperty("mean_similarity").GetDouble(), 8);
        Assert.Equal(
            (2.0, 4.0 / 12),
            (
                rows[1].GetProperty("mean_cluster_count").GetDouble(),
                Math.Round(rows[1].GetProperty("mean_noise_fraction").GetDouble() * 3) / 3
            )
        );
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("mean_anomaly_count").ValueKind);
    }

    [Theory]
    [InlineData("run_type=cluster", "dbscan")]
    [InlineData("algorithm=isolation_forest", "isolation_forest")]
    [InlineData("sort=mean_cluster_count", "dbscan isolation_forest")]
    [InlineData("sort=mean_similarity", "isolation_forest dbscan")]
    [InlineData("sort=mean_average_precision&limit=1", "isolation_forest")]
    [InlineData("algorithm=hdbscan", "")]
    public async Task Parameter_sets_can_be_filtered_sorted_and_limited(string query, string algorithms) =>
        Assert.Equal(
            algorithms,
            string.Join(' ', (await RowsAsync($"/parameters?{query}")).Select(r => r.GetProperty("algorithm").GetString()))
        );

    [Fact]
    public async Task Every_cell_with_stars_is_covered_by_the_complete_runs()
    {
        var rows = await RowsAsync($"/coverage?dataset={known.Dataset.Name}");
        JsonAssert.Fields(
            rows[0],
            "dataset_id healpix_6 ra_deg dec_deg area_deg2 stars runs star_analyses excluded flags last_analysed_at last_updated"
        );
        Assert.Equal(
            (12, 48, 8),
            (
                rows.Sum(r => r.GetProperty("stars").GetInt32()),
                rows.Sum(r => r.GetProperty("star_analyses").GetInt32()),
                rows.Sum(r => r.GetProperty("flags").GetInt32())
            )
        );
        Assert.All(rows, r => Assert.Equal(4, r.GetProperty("runs").GetInt32()));
        Assert.All(rows, r => Assert.Equal(41252.96125 / 49152, r.GetProperty("area_deg2").GetDouble(), 6));
    }

    [Fact]
    public async Task Coverage_can_be_asked_of_a_cell_or_a_cone_and_of_cells_with_enough_runs()
    {
        var all = await RowsAsync("/coverage");
        var first = all[0];
        var cell = first.GetProperty("healpix_6").GetInt64();
        Assert.Equal([cell], (await RowsAsync($"/coverage?healpix_6={cell}")).Select(r => r.GetProperty("healpix_6").GetInt64()));
        var around = await RowsAsync(
            FormattableString.Invariant(
                $"/coverage?cone={first.GetProperty("ra_deg").GetDouble()},{first.GetProperty("dec_deg").GetDouble()},0.01"
            )
        );
        Assert.Equal([cell], around.Select(r => r.GetProperty("healpix_6").GetInt64()));
        Assert.Equal(all.Count, (await RowsAsync("/coverage?min_runs=4&cone=0,0,180")).Count);
        Assert.Empty(await RowsAsync("/coverage?min_runs=5"));
        Assert.Single(await RowsAsync("/coverage?limit=1&sort=flags"));
    }

    [Fact]
    public async Task Runs_without_labelled_stars_have_no_quality_and_unknown_runs_are_not_found()
    {
        Assert.Empty(await RowsAsync($"/quality?run_id={known.RunA}"));
        JsonAssert.Problem(await _server.GetAsync($"{Root}/quality?run_id={Guid.NewGuid()}"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"{Root}/coverage?dataset=nowhere"), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/parameters?sort=algorithm", "sort")]
    [InlineData("/parameters?algorithm=kmeans", "algorithm")]
    [InlineData("/parameters?limit=1001", "limit")]
    [InlineData("/coverage?cone=1,2", "cone")]
    [InlineData("/coverage?cone=360,0,1", "cone")]
    [InlineData("/coverage?cone=0,0,0", "cone")]
    [InlineData("/coverage?healpix_6=49152", "healpix_6")]
    [InlineData("/coverage?healpix_6=0&cone=180,-60,1", "healpix_6")]
    [InlineData("/coverage?min_runs=-1", "min_runs")]
    [InlineData("/coverage?limit=0", "limit")]
    [InlineData("/quality?run_id=7", "run_id")]
    [InlineData("/quality?sort=accuracy", "sort")]
    public async Task A_wrong_parameter_is_refused_by_name(string path, string field) =>
        JsonAssert.Problem(await _server.GetAsync(Root + path), HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task Quality_compares_runs_with_the_labels_of_a_loaded_catalogue()
    {
        await using var own = await TestServer.StartAsync(o => o with { Workers = 0 });
        var dataset = await own.LoadAsync("labelled", 4);
        var stars = await own.StarIdsAsync(dataset.DatasetId);
        var runs = new RunRepository(own.Ledger);
        var run = (await runs.CreateAsync(dataset.DatasetId, new IsolationForestParameters(), StarFilter.All)).RunId;
        await using (var completion = await runs.BeginCompletionAsync(run))
        {
            await completion.SaveAnomaliesAsync(stars, [-0.3, -0.1, 0.1, 0.2]);
            await completion.MarkCompleteAsync(4, null);
            await completion.CommitAsync();
        }
        await using (
            var command = own.Ledger.DataSource.CreateCommand(
                "insert into star_labels (star_id, is_anomaly) select star_id, (star_id in ($1, $2))::int from stars"
            )
        )
        {
            command.Parameters.Add(new() { Value = stars[0] });
            command.Parameters.Add(new() { Value = stars[2] });
            await command.ExecuteNonQueryAsync();
        }
        await own.PostAsync($"{Root}/refresh-views");
        var row = (await own.GetAsync($"{Root}/quality?run_type=anomaly&label_set=truth&sort=f1")).Json.EnumerateArray().Single();
        JsonAssert.Fields(
            row,
            """
            run_id label_set run_type labelled_stars positives true_positives false_positives false_negatives true_negatives precision
            recall f1 average_precision
            adjusted_rand_index purity last_updated
            """
        );
        Assert.Equal(run, row.GetProperty("run_id").GetGuid());
        Assert.Equal(
            (4, 2, 1, 1, 1, 1),
            (
                row.GetProperty("labelled_stars").GetInt32(),
                row.GetProperty("positives").GetInt32(),
                row.GetProperty("true_positives").GetInt32(),
                row.GetProperty("false_positives").GetInt32(),
                row.GetProperty("false_negatives").GetInt32(),
                row.GetProperty("true_negatives").GetInt32()
            )
        );
        Assert.Equal(
            (0.5, 0.5, 0.5),
            (row.GetProperty("precision").GetDouble(), row.GetProperty("recall").GetDouble(), row.GetProperty("f1").GetDouble())
        );
        Assert.Equal((1 + 2.0 / 3) / 2, row.GetProperty("average_precision").GetDouble(), 1e-9);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("purity").ValueKind);
        Assert.Empty((await own.GetAsync($"{Root}/quality?label_set=other")).Json.EnumerateArray());
    }
}
