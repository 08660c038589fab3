using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Runs from the request to the views, and what is refused before anything is stored.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Dataset _dataset = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _dataset = await _server.LoadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.RequireTrueViewsAsync();
        await _server.DisposeAsync();
    }

    private async Task<JsonElement> EndedAsync(string location)
    {
        JsonElement run = default;
        await Eventually.HoldsAsync(async () =>
            (run = (await _server.GetAsync(location)).Json).GetProperty("status").GetString() is not ("pending" or "running")
        );
        return run;
    }

    [Fact]
    public async Task Stars_that_a_run_leaves_out_are_listed_by_what_they_lack()
    {
        await _server.Ledger.AskAsync(
            async connection =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = """
                    update public.stars set pmra_mas_yr = null
                    where star_id in (select star_id from public.stars order by star_id limit 5)
                    """;
                await command.ExecuteNonQueryAsync();
            },
            CancellationToken.None
        );
        var accepted = await _server.PostAsync(
            "/discovery/runs",
            """{"algorithm": "dbscan", "dataset": "field", "parameters": {"features": "astrometric"}}"""
        );
        var run = await EndedAsync(accepted.Headers.Location!.ToString());
        Assert.Equal(55, run.GetProperty("total_stars").GetInt64());
        var path = $"/discovery/runs/{run.GetProperty("run_id").GetGuid()}/excluded";

        var two = (await _server.GetAsync(path + "?limit=2")).Json;
        var all = (await _server.GetAsync(path + "?format=csv")).Text;

        Assert.Equal(
            ("no pmra", 5),
            (
                two.GetProperty("excluded")[0].GetProperty("reason").GetString(),
                two.GetProperty("excluded")[0].GetProperty("count").GetInt32()
            )
        );
        Assert.Equal(2, two.GetProperty("items").GetArrayLength());
        Assert.True(two.GetProperty("truncated").GetBoolean());
        Assert.Equal(5, all.Split('\n').Count(line => line.StartsWith("no pmra", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_is_accepted_executed_and_shown_by_the_views_without_anyone_asking_for_it()
    {
        var accepted = await _server.PostAsync(
            "/discovery/runs",
            """{"algorithm": "isolation_forest", "dataset": "field", "parameters": {"contamination": 0.1}}"""
        );
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        Assert.Equal("pending", accepted.Json.GetProperty("status").GetString());
        var location = accepted.Headers.Location!.ToString();
        Assert.Equal($"/discovery/runs/{accepted.Json.GetProperty("run_id").GetGuid()}", location);

        var run = await EndedAsync(location);
        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Equal(60, run.GetProperty("total_stars").GetInt64());
        Assert.Equal(6, run.GetProperty("results_summary").GetProperty("anomaly_count").GetInt32());

        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength() == 1);
        var stats = (await _server.GetAsync("/analytics/discovery/stats")).Json[0];
        Assert.Equal(
            (run.GetProperty("run_id").GetGuid(), 6L),
            (stats.GetProperty("run_id").GetGuid(), stats.GetProperty("anomaly_count").GetInt64())
        );
        var flagged = (await _server.GetAsync($"{location}/results?anomalies_only=true&limit=1"))
            .Json.GetProperty("items")[0]
            .GetProperty("star_id")
            .GetInt64();
        await Eventually.HoldsAsync(async () =>
            (await _server.GetAsync($"/analytics/discovery/stars/{flagged}/frequency")).Status == HttpStatusCode.OK
        );
    }

    [Theory]
    [InlineData("isolation_forest", "{}")]
    [InlineData("dbscan", """{"features": null}""")]
    public async Task A_run_that_names_no_recipe_is_told_which_it_takes_and_why(string algorithm, string parameters)
    {
        var accepted = await _server.PostAsync(
            "/discovery/runs",
            $$"""{"algorithm": "{{algorithm}}", "parameters": {{parameters}}, "dataset": "field"}"""
        );
        var features = accepted.Json.GetProperty("parameters").GetProperty("features").GetString()!;
        Assert.Matches("^[a-z0-9]+@1$", features);
        Assert.StartsWith(
            $"No recipe was named: {features[..^2]} is ",
            accepted.Json.GetProperty("features_chosen").GetString(),
            StringComparison.Ordinal
        );
        var run = await EndedAsync(accepted.Headers.Location!.ToString());
        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Equal(features, run.GetProperty("parameters").GetProperty("features").GetString());
        var named = await _server.PostAsync(
            "/discovery/runs",
            $$"""{"algorithm": "{{algorithm}}", "parameters": {"features": "sphere"}, "dataset": "field"}"""
        );
        Assert.Equal("sphere@1", named.Json.GetProperty("parameters").GetProperty("features").GetString());
        Assert.False(named.Json.TryGetProperty("features_chosen", out _));
        await EndedAsync(named.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_cluster_run_by_dataset_id_and_filter_is_shown_by_the_views()
    {
        var body = $$"""
            {
              "run_type": "cluster", "dataset": {{_dataset.DatasetId}},
              "filter": {"cone": {"ra_deg": 120.5, "dec_deg": 10.5, "radius_deg": 2} },
              "parameters": {"eps": 3, "min_samples": 4}
            }
            """;
        var accepted = await _server.PostAsync("/discovery/runs", body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        var run = await EndedAsync(accepted.Headers.Location!.ToString());
        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Equal("dbscan", run.GetProperty("algorithm").GetString());
        Assert.Equal(2, run.GetProperty("dataset_filter").GetProperty("cone").GetProperty("radius_deg").GetDouble());
        var id = run.GetProperty("run_id").GetGuid();
        await Eventually.HoldsAsync(async () =>
            (await _server.GetAsync($"/analytics/discovery/clusters/{id}/sizes")).Status == HttpStatusCode.OK
        );
        var sizes = (await _server.GetAsync($"/analytics/discovery/clusters/{id}/sizes")).Json;
        Assert.Equal(run.GetProperty("results_summary").GetProperty("cluster_count").GetInt32(), sizes.GetArrayLength());
    }

    [Fact]
    public async Task A_run_that_fails_says_why_and_counts_in_the_timeline_alone()
    {
        // A feature that this dataset does not have at all cannot be refused before its stars are read.
        var runs = new RunRepository(_server.Ledger);
        var none = new StarFilter { Magnitude = new Bounds(99) };
        var id = (await runs.CreateAsync(_dataset.DatasetId, new IsolationForestParameters(), none, RunPlacement.Queued)).RunId;
        var run = await EndedAsync($"/discovery/runs/{id}");
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Contains("at least 5", run.GetProperty("error").GetString(), StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/timeline")).Json.GetArrayLength() == 1);
        Assert.Equal(0, (await _server.GetAsync("/analytics/discovery/timeline")).Json[0].GetProperty("completed_runs").GetInt32());
        Assert.Equal(0, (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Events_follow_a_run_to_its_end()
    {
        var accepted = await _server.PostAsync("/discovery/runs", """{"algorithm": "isolation_forest", "dataset": "field"}""");
        using var response = await _server.Client.GetAsync(
            new Uri($"{accepted.Headers.Location}/events", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var events = new List<SseItem<string>>();
        await foreach (var e in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
            events.Add(e);
        Assert.Equal("completed", events[^1].EventType);
        Assert.All(events[..^1], e => Assert.Equal("progress", e.EventType));
        JsonAssert.Fields(JsonElement.Parse(events[^1].Data), "run_id status stage fraction percent error");

        // A browser that comes back with what it heard last is told that there is nothing more.
        Assert.All(events, e => Assert.NotEmpty(e.EventId ?? ""));
        Assert.Equal(HttpStatusCode.NoContent, (await AgainAsync(events[^1].EventId!)).Status);
        // A fast run has ended before it was followed, with one event in all.
        var rest = await AgainAsync(events.Count > 1 ? events[0].EventId! : "an earlier one");
        Assert.Equal(HttpStatusCode.OK, rest.Status);
        Assert.Contains("event: completed\n", rest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("event: progress", rest.Text, StringComparison.Ordinal);

        async Task<(HttpStatusCode Status, string Text)> AgainAsync(string last)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{accepted.Headers.Location}/events");
            request.Headers.Add("Last-Event-ID", last);
            using var answer = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_run_submitted_by_another_program_that_is_gone_is_executed()
    {
        var run = await new DiscoveryService(_server.Ledger).SubmitAsync(
            new RunRequest("field", StarFilter.All, new DbscanParameters()),
            TestContext.Current.CancellationToken
        );
        Assert.Equal("completed", (await EndedAsync($"/discovery/runs/{run.RunId}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_run_whose_program_died_is_failed_when_a_server_starts()
    {
        var runs = new RunRepository(_server.Ledger);
        await using (var idle = await TestServer.StartAsync(o => o with { Workers = 0 }))
        {
            // Running, and nobody holds its lock: as a killed process leaves it.
            var orphan = await idle.LoadAsync();
            var idleRuns = new RunRepository(idle.Ledger);
            var run = await idleRuns.CreateAsync(
                orphan.DatasetId,
                new DbscanParameters(),
                StarFilter.All,
                TestContext.Current.CancellationToken
            );
            await idleRuns.StartAsync(run.RunId, TestContext.Current.CancellationToken);
            await using (
                var silent = idle.Ledger.DataSource.CreateCommand(
                    "update discovery_runs set heartbeat_at = heartbeat_at - interval '7 seconds'"
                )
            )
                await silent.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await using var next = await AlmagestServer.StartAsync(
                new ServerOptions
                {
                    Ledger = idle.Ledger,
                    Port = 0,
                    NightlyCron = null,
                },
                TestContext.Current.CancellationToken
            );
            await Eventually.HoldsAsync(async () => (await idleRuns.GetAsync(run.RunId)).Status == RunStatus.Failed);
            Assert.Contains("start it again", (await idleRuns.GetAsync(run.RunId)).Error, StringComparison.Ordinal);
            await next.StopAsync(TestContext.Current.CancellationToken);
        }
        Assert.Empty(await runs.ListAsync(new RunQuery(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_run_interrupted_by_a_server_that_stops_is_pending_again()
    {
        await using var idle = await TestServer.StartAsync(o => o with { Workers = 0 });
        await idle.LoadAsync();
        var service = new DiscoveryService(idle.Ledger) { RequeueWhenCancelled = true };
        var run = await service.SubmitAsync(
            new RunRequest("field", StarFilter.All, new IsolationForestParameters()),
            TestContext.Current.CancellationToken
        );
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            service.ExecuteAsync(run.RunId, new StopAt("compute", stop), stop.Token)
        );
        var after = await new RunRepository(idle.Ledger).GetAsync(run.RunId, TestContext.Current.CancellationToken);
        Assert.Equal((RunStatus.Pending, null), (after.Status, after.StartedAt));
        Assert.NotNull(await service.ExecuteAsync(run.RunId, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Deleting_a_run_takes_it_out_of_the_views()
    {
        var location = (
            await _server.PostAsync("/discovery/runs", """{"algorithm": "dbscan", "dataset": "field"}""")
        ).Headers.Location!.ToString();
        await EndedAsync(location);
        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength() == 1);
        Assert.Equal(HttpStatusCode.NoContent, (await _server.DeleteAsync(location)).Status);
        JsonAssert.Problem(await _server.GetAsync(location), HttpStatusCode.NotFound);
        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength() == 0);
        var kept = Assert.Single((await _server.GetAsync("/deletions")).Json.EnumerateArray());
        JsonAssert.Fields(kept, "deletion_id kind run_id star_id dataset summary deleted_at deleted_by until dataset_id");
        Assert.EndsWith(kept.GetProperty("run_id").GetString()!, location, StringComparison.Ordinal);

        var back = await _server.PostAsync($"{location}/restore");
        Assert.Equal((HttpStatusCode.OK, "completed"), (back.Status, back.Json.GetProperty("status").GetString()));
        await Eventually.HoldsAsync(async () => (await _server.GetAsync("/analytics/discovery/stats")).Json.GetArrayLength() == 1);
        JsonAssert.Problem(await _server.PostAsync($"{location}/restore"), HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NoContent, (await _server.DeleteAsync($"{location}?now=true")).Status);
        Assert.Equal(0, (await _server.GetAsync("/deletions")).Json.GetArrayLength());
        JsonAssert.Problem(await _server.PostAsync("/deletions/1/restore"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_dataset_that_is_deleted_is_found_by_no_route_and_comes_back_with_its_run_and_the_name_of_that()
    {
        var location = (
            await _server.PostAsync("/discovery/runs", """{"algorithm": "dbscan", "dataset": "field"}""")
        ).Headers.Location!.ToString();
        await EndedAsync(location);
        Task<Answer> NameAsync(string json) =>
            _server.SendAsync(HttpMethod.Patch, location, new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
        var named = await NameAsync("""{"name": " the first "}""");
        Assert.Equal((HttpStatusCode.OK, "the first"), (named.Status, named.Json.GetProperty("name").GetString()));
        JsonAssert.Problem(await NameAsync("""{"name": "a\u0007b"}"""), HttpStatusCode.BadRequest);
        var before = (await _server.GetAsync("/datasets/field")).Text;
        var stars = (await _server.GetAsync("/datasets/field/stars")).Text;
        var run = (await _server.GetAsync(location)).Text;
        var tables = (await _server.GetAsync("/vo/tap/tables")).Text;

        Assert.Equal(HttpStatusCode.NoContent, (await _server.DeleteAsync("/datasets/field?with_runs=true")).Status);

        foreach (var path in new[] { "/datasets/field", "/datasets/field/stars", location, "/vo/datasets/field/moc" })
            JsonAssert.Problem(await _server.GetAsync(path), HttpStatusCode.NotFound);
        Assert.Equal(0, (await _server.GetAsync("/datasets")).Json.GetArrayLength());
        Assert.True((await _server.GetAsync("/vo/tap/tables")).Text.Length < tables.Length);
        var kept = Assert.Single((await _server.GetAsync("/deletions")).Json.EnumerateArray());
        Assert.Equal(("dataset", "field"), (kept.GetProperty("kind").GetString(), kept.GetProperty("dataset").GetString()));
        JsonAssert.Problem(await _server.PostAsync("/datasets/other/restore"), HttpStatusCode.NotFound);
        await _server.LoadAsync();
        var taken = JsonAssert.Problem(await _server.PostAsync("/datasets/field/restore"), HttpStatusCode.Conflict);
        Assert.Contains("name=NAME", taken.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await _server.DeleteAsync("/datasets/field?now=true")).Status);

        var back = await _server.PostAsync("/datasets/field/restore");
        Assert.Equal((HttpStatusCode.OK, before), (back.Status, (await _server.GetAsync("/datasets/field")).Text));
        Assert.Equal(stars, (await _server.GetAsync("/datasets/field/stars")).Text);
        Assert.Equal(run, (await _server.GetAsync(location)).Text);
        Assert.Equal(tables, (await _server.GetAsync("/vo/tap/tables")).Text);
        var replayed = await _server.PostAsync($"{location}/replay");
        Assert.Equal((HttpStatusCode.OK, true), (replayed.Status, replayed.Json.GetProperty("is_reproduced").GetBoolean()));
    }

    [Fact]
    public async Task What_is_being_worked_on_cannot_be_deleted()
    {
        await using var idle = await TestServer.StartAsync(o => o with { Workers = 0 });
        var field = await idle.LoadAsync();
        var runs = new RunRepository(idle.Ledger);
        var run = await runs.CreateAsync(field.DatasetId, new DbscanParameters(), StarFilter.All, TestContext.Current.CancellationToken);
        await runs.StartAsync(run.RunId, TestContext.Current.CancellationToken);
        JsonAssert.Problem(await idle.DeleteAsync($"/discovery/runs/{run.RunId}"), HttpStatusCode.Conflict);
        JsonAssert.Problem(await idle.DeleteAsync("/datasets/field"), HttpStatusCode.Conflict);
        await runs.CancelAsync(run.RunId, TestContext.Current.CancellationToken);
        JsonAssert.Problem(await idle.DeleteAsync("/datasets/field"), HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.NoContent, (await idle.DeleteAsync("/datasets/field?with_runs=true")).Status);
        JsonAssert.Problem(await idle.GetAsync($"/discovery/runs/{run.RunId}"), HttpStatusCode.NotFound);
        await idle.RequireTrueViewsAsync();
    }

    private sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Stage == stage)
                stop.Cancel();
        }
    }
}
