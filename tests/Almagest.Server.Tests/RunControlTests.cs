using System.Net;
using System.Text;
using System.Text.Json;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Cancelling, repeating and replaying runs, requests that come twice, sweeps, and several servers on one queue.</summary>
public sealed class RunControlTests
{
    private const string SmallRun = """{"algorithm": "dbscan", "dataset": "field", "parameters": {"features": "sphere"}}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<Answer> PostWithKeyAsync(TestServer server, string path, string key, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await server.Client.SendAsync(request, CancellationToken);
        return new Answer(
            response.StatusCode,
            response.Headers,
            response.Content.Headers,
            await response.Content.ReadAsStringAsync(CancellationToken)
        );
    }

    private static async Task<JsonElement> EndedAsync(TestServer server, string location)
    {
        JsonElement run = default;
        await Eventually.HoldsAsync(async () =>
            (run = (await server.GetAsync(location)).Json).GetProperty("status").GetString() is not ("pending" or "running")
        );
        return run;
    }

    [Fact]
    public async Task A_pending_run_is_cancelled_retried_and_then_has_a_hash_that_a_replay_reproduces()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        var first = (await server.PostAsync("/discovery/runs", SmallRun)).Headers.Location!.ToString();
        JsonAssert.Problem(await server.PostAsync($"{first}/retry"), HttpStatusCode.Conflict);
        var cancelled = await server.PostAsync($"{first}/cancel");
        Assert.Equal((HttpStatusCode.Accepted, "cancelled"), (cancelled.Status, cancelled.Json.GetProperty("status").GetString()));
        var again = await server.PostAsync($"{first}/retry");
        Assert.Equal(HttpStatusCode.Accepted, again.Status);
        var second = again.Headers.Location!.ToString();
        Assert.EndsWith(again.Json.GetProperty("retry_of").GetString()!, first, StringComparison.Ordinal);
        JsonAssert.Problem(await server.PostAsync($"{second}/replay"), HttpStatusCode.Conflict);

        await using var worker = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = server.Ledger,
                Port = 0,
                NightlyCron = null,
            },
            CancellationToken
        );
        var run = await EndedAsync(server, second);
        await worker.StopAsync(CancellationToken);
        Assert.Equal(
            ("completed", 100.0, 1),
            (run.GetProperty("status").GetString(), run.GetProperty("percent").GetDouble(), run.GetProperty("attempts").GetInt32())
        );
        JsonAssert.Problem(await server.PostAsync($"{second}/cancel"), HttpStatusCode.Conflict);
        var replay = (await server.PostAsync($"{second}/replay")).Json;
        Assert.True(replay.GetProperty("is_reproduced").GetBoolean());
        Assert.Equal(run.GetProperty("results_hash").GetString(), replay.GetProperty("recomputed_hash").GetString());
        Assert.Equal(60, replay.GetProperty("equal_rows").GetInt64());
        Assert.Equal("cancelled", (await server.GetAsync(first)).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_request_with_a_key_starts_one_run_however_often_it_is_sent()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        var first = await PostWithKeyAsync(server, "/discovery/runs", "k-1", SmallRun);
        var second = await PostWithKeyAsync(
            server,
            "/discovery/runs",
            "k-1",
            """{"dataset": "field", "run_type": "cluster", "parameters": {"features": "sphere", "eps": 0.5}}"""
        );
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.Status, second.Status));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        JsonAssert.Problem(
            await PostWithKeyAsync(server, "/discovery/runs", "k-1", """{"dataset": "field", "run_type": "cluster"}"""),
            HttpStatusCode.Conflict
        );
        JsonAssert.Problem(await PostWithKeyAsync(server, "/discovery/runs", new string('k', 256), SmallRun), HttpStatusCode.BadRequest);
        Assert.Equal(1, await new RunRepository(server.Ledger).CountAsync(CancellationToken));
    }

    [Fact]
    public async Task A_sweep_is_shared_by_the_workers_of_several_servers_and_listed_by_its_group()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 2 });
        await server.LoadAsync();
        await using var other = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = server.Ledger,
                Port = 0,
                NightlyCron = null,
                Workers = 2,
            },
            CancellationToken
        );
        var started = await server.PostAsync(
            "/discovery/sweeps",
            """
            {"algorithm": "dbscan", "dataset": "field", "parameters": {"features": "sphere"},
             "grid": {"eps": [0.2, 0.4, 0.8], "min_samples": [3, 5]}, "list": null}
            """
        );
        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        var location = started.Headers.Location!.ToString();
        JsonElement sweep = default;
        await Eventually.HoldsAsync(async () => (sweep = (await server.GetAsync(location)).Json).GetProperty("is_over").GetBoolean());
        await other.StopAsync(CancellationToken);
        Assert.Equal((6, 6), (sweep.GetProperty("runs").GetInt32(), sweep.GetProperty("statuses").GetProperty("completed").GetInt32()));
        var listed = (
            await server.GetAsync($"/discovery/runs?group_id={sweep.GetProperty("group_id").GetGuid()}&sort=created&limit=4")
        ).Json;
        var rest = (
            await server.GetAsync(
                $"/discovery/runs?group_id={sweep.GetProperty("group_id").GetGuid()}"
                    + $"&sort=created&after={listed.GetProperty("next").GetString()}"
            )
        ).Json;
        var ids = listed
            .GetProperty("items")
            .EnumerateArray()
            .Concat(rest.GetProperty("items").EnumerateArray())
            .Select(r => r.GetProperty("run_id").GetGuid());
        Assert.Equal(started.Json.GetProperty("run_ids").EnumerateArray().Select(i => i.GetGuid()), ids);
        Assert.All(listed.GetProperty("items").EnumerateArray(), r => Assert.Equal(1, r.GetProperty("attempts").GetInt32()));
        await server.RequireTrueViewsAsync();
    }

    [Theory]
    [InlineData("""{"algorithm": "dbscan", "dataset": "field", "grid": {"eps": 0.5}}""")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "field", "seeds": [1, 2]}""")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "field", "list": [3]}""")]
    [InlineData("""{"dataset": "field", "grid": {"eps": [0.5]}}""")]
    public async Task A_sweep_that_makes_no_sense_is_refused(string body)
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        JsonAssert.Problem(await server.PostAsync("/discovery/sweeps", body), HttpStatusCode.BadRequest);
        JsonAssert.Problem(await server.GetAsync($"/discovery/sweeps/{Guid.NewGuid()}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Recovery_answers_what_a_run_would_find_of_planted_stars_and_keeps_none_of_them()
    {
        await using var server = await TestServer.StartAsync();
        await server.LoadAsync();
        var location = (await server.PostAsync("/discovery/runs", SmallRun.Replace("sphere", "cluster5d"))).Headers.Location!.ToString();
        await EndedAsync(server, location);
        var found = (
            await server.PostAsync($"{location}/recovery", """{"members": [10, 20], "distances_pc": [137], "repetitions": 3}""")
        ).Json;
        Assert.Equal((7, 60), (found.GetProperty("runs").GetInt32(), found.GetProperty("total_stars").GetInt32()));
        Assert.Equal(6, found.GetProperty("recovery").GetProperty("trials").GetInt32());
        Assert.Equal(60, (await server.GetAsync("/datasets/field")).Json.GetProperty("star_count").GetInt32());
        JsonAssert.Problem(await server.PostAsync($"{location}/recovery", """{"contrasts": [1]}"""), HttpStatusCode.BadRequest);
        JsonAssert.Problem(await server.PostAsync($"{location}/recovery", """{"member": [1]}"""), HttpStatusCode.BadRequest);
        JsonAssert.Problem(
            await server.PostAsync("/discovery/runs/01a20543-3ba3-720d-85f2-561e78a6f339/recovery", "{}"),
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public async Task A_run_over_two_datasets_names_both_and_the_hash_of_its_selection()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync("field");
        var other = await server.LoadAsync("other", 30);
        var run = await server.PostAsync(
            "/discovery/runs",
            """{"algorithm": "dbscan", "dataset": ["other", "field"], "parameters": {"features": "sphere"}}"""
        );
        Assert.Equal(HttpStatusCode.Accepted, run.Status);
        Assert.Equal(["field", "other"], run.Json.GetProperty("datasets").EnumerateArray().Select(d => d.GetString()));
        Assert.Matches("^[0-9a-f]{64}$", run.Json.GetProperty("selection_hash").GetString());
        Assert.Equal("all stars", run.Json.GetProperty("selection").GetString());
        Assert.Equal(1, (await server.GetAsync("/discovery/runs?dataset=other")).Json.GetProperty("items").GetArrayLength());
        JsonAssert.Problem(
            await server.PostAsync("/discovery/runs", """{"algorithm": "dbscan", "dataset": []}"""),
            HttpStatusCode.BadRequest
        );
        JsonAssert.Problem(
            await server.PostAsync("/discovery/runs", """{"algorithm": "dbscan", "dataset": ["field", "nowhere"]}"""),
            HttpStatusCode.NotFound
        );
        JsonAssert.Problem(await server.DeleteAsync($"/datasets/{other.DatasetId}"), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_an_answer_advises_names_no_option_of_the_command_line()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        using var other = new StringContent(TestServer.Csv("field", 30), Encoding.UTF8, "text/csv");
        var taken = await server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&dataset=field", other);
        JsonAssert.Problem(taken, HttpStatusCode.Conflict);
        Assert.DoesNotContain("--", taken.Json.GetProperty("hint").GetString());
        using var again = new StringContent(TestServer.Csv("field", 60), Encoding.UTF8, "text/csv");
        var repeated = await server.SendAsync(HttpMethod.Post, "/datasets?file=field.csv", again);
        Assert.DoesNotContain("--", repeated.Text);
    }
}
