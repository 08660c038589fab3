using System.Net;
using System.Text.Json;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Explanations and other thresholds of stored runs, by HTTP.</summary>
public sealed class ExplanationTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Dataset _dataset = null!;
    private Guid _run;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        _dataset = await _server.LoadAsync();
        var request = new RunRequest("field", StarFilter.All, new IsolationForestParameters { Contamination = 0.1, Features = "default" });
        _run = (await new DiscoveryService(_server.Ledger).RunAsync(request)).RunId!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.RequireTrueViewsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_flagged_star_is_explained_feature_by_feature()
    {
        var star = (await _server.GetAsync($"/discovery/runs/{_run}/results?order=score&limit=1")).Json.GetProperty("items")[0];
        var answer = await _server.GetAsync($"/discovery/runs/{_run}/explain/{star.GetProperty("star_id").GetInt64()}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonAssert.Fields(
            answer.Json,
            """
            run_id star_id source_id is_anomaly anomaly_score raw_score score_offset measure measure_unit measured expected
            path_length expected_path_length sentence features flag_probability score_spread
            """
        );
        Assert.Equal((_run, 1), (answer.Json.GetProperty("run_id").GetGuid(), answer.Json.GetProperty("is_anomaly").GetInt32()));
        Assert.Equal(star.GetProperty("anomaly_score").GetDouble(), answer.Json.GetProperty("anomaly_score").GetDouble());
        Assert.Equal(star.GetProperty("source_id").GetString(), answer.Json.GetProperty("source_id").GetString());
        Assert.Contains("is flagged", answer.Json.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        var features = answer.Json.GetProperty("features").EnumerateArray().ToList();
        Assert.Equal(8, features.Count);
        JsonAssert.Fields(features[0], "feature value unit is_imputed percentile change path_length_change share effect");
        Assert.Equal("shorter", features[0].GetProperty("effect").GetString());
        Assert.Equal(1, features.Sum(f => f.GetProperty("share").GetDouble()), 1e-9);
        Assert.Equal(
            answer.Json.GetProperty("path_length").GetDouble() - answer.Json.GetProperty("expected_path_length").GetDouble(),
            features.Sum(f => f.GetProperty("path_length_change").GetDouble()),
            1e-9
        );
    }

    [Fact]
    public async Task What_cannot_be_explained_is_refused()
    {
        var stars = await _server.StarIdsAsync(_dataset.DatasetId);
        var clusters = (
            await new DiscoveryService(_server.Ledger).RunAsync(
                new RunRequest("field", StarFilter.All, new DbscanParameters()),
                cancellationToken: TestContext.Current.CancellationToken
            )
        ).RunId;
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{clusters}/explain/{stars[0]}"), HttpStatusCode.BadRequest, "run_id");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/x/explain/{stars[0]}"), HttpStatusCode.BadRequest, "run_id");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/explain/0"), HttpStatusCode.BadRequest, "star_id");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/explain/{stars[0]}?top=1"), HttpStatusCode.BadRequest, "top");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/explain/999999999"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{Guid.NewGuid()}/explain/{stars[0]}"), HttpStatusCode.NotFound);
        // Past the guard of complete runs: as another version of the program would have left it.
        await using (
            var command = _server.Ledger.DataSource.CreateCommand(
                """
                set session_replication_role = replica;
                update discovery_runs set results_summary = jsonb_set(results_summary, '{features,version}', '"0"');
                reset session_replication_role
                """
            )
        )
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var changed = JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/explain/{stars[0]}"), HttpStatusCode.Conflict);
        Assert.Contains("version 0", changed.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_contamination_makes_a_complete_run_that_the_views_show_by_themselves()
    {
        var made = await _server.PostAsync($"/discovery/runs/{_run}/rethreshold", """{"contamination": 0.2}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var id = made.Json.GetProperty("run_id").GetGuid();
        Assert.Equal($"/discovery/runs/{id}", made.Headers.Location!.ToString());
        Assert.Equal("completed", made.Json.GetProperty("status").GetString());
        Assert.Equal(_run, made.Json.GetProperty("results_summary").GetProperty("rethresholded_from").GetGuid());
        Assert.Equal(12, made.Json.GetProperty("results_summary").GetProperty("anomaly_count").GetInt32());
        Assert.Equal(0.2, made.Json.GetProperty("parameters").GetProperty("contamination").GetDouble());
        Assert.Equal(made.Json.GetRawText(), (await _server.GetAsync($"/discovery/runs/{id}")).Json.GetRawText());
        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength() == 2);
        Assert.Equal(12, (await _server.GetAsync("/analytics/discovery/stats")).Json[0].GetProperty("anomaly_count").GetInt32());
    }

    [Theory]
    [InlineData("""{"contamination": 0}""", "contamination")]
    [InlineData("""{"contamination": 0.6}""", "contamination")]
    [InlineData("""{"contamination": "much"}""", "contamination")]
    [InlineData("""{"contamination": null}""", "contamination")]
    [InlineData("""{}""", "contamination")]
    [InlineData("""{"share": 0.1}""", "share")]
    public async Task A_wrong_threshold_is_refused_by_name(string body, string field)
    {
        JsonAssert.Problem(await _server.PostAsync($"/discovery/runs/{_run}/rethreshold", body), HttpStatusCode.BadRequest, field);
        JsonAssert.Problem(
            await _server.PostAsync($"/discovery/runs/{Guid.NewGuid()}/rethreshold", """{"contamination": 0.1}"""),
            HttpStatusCode.NotFound
        );
        Assert.Equal(JsonValueKind.Null, (await _server.GetAsync("/discovery/runs?limit=1")).Json.GetProperty("next").ValueKind);
    }
}
