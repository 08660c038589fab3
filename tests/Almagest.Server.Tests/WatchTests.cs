using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Watches by HTTP, and the job that tells of new flags.</summary>
public sealed class WatchTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<Guid> RunAsync(TestServer server, double contamination)
    {
        var parameters = new IsolationForestParameters { Contamination = contamination };
        return (await new DiscoveryService(server.Ledger).RunAsync(new RunRequest("field", StarFilter.All, parameters))).RunId!.Value;
    }

    private static async Task<long> CountAsync(TestServer server, string sql)
    {
        await using var command = server.Ledger.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(CancellationToken))!;
    }

    [Fact]
    public async Task A_watch_is_added_and_the_job_tells_of_new_flags_in_its_history()
    {
        static ServerOptions Jobs(ServerOptions o) => o with { NightlyCron = "0 2 29 2 *", Workers = 1 };
        await using var server = await TestServer.StartAsync(Jobs);
        await server.LoadAsync();
        await RunAsync(server, 0.05);
        var answer = await server.PostAsync(
            "/watches",
            """{"name": "the sky", "region": "dec=-90..90", "dataset": "field", "by": "eve"}"""
        );
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        JsonAssert.Fields(
            answer.Json,
            "watch_id name label_set region watched dataset_id dataset added_by added_at runs runs_with_news last"
        );
        var run = await RunAsync(server, 0.2);
        // As if the servers had been down when it was due: the next that starts catches up.
        await Eventually.HoldsAsync(async () =>
            await CountAsync(
                server,
                "select count(*) from jobs.qrtz_triggers where trigger_name = 'star-watch' and trigger_state = 'WAITING'"
            ) == 1
        );
        await server.App.StopAsync(CancellationToken);
        await CountAsync(
            server,
            $"with missed as (update jobs.qrtz_triggers set next_fire_time = {DateTime.UtcNow.AddDays(-1).Ticks} where trigger_name = "
                + "'star-watch' returning 1) select count(*) from missed"
        );
        await using var next = await AlmagestServer.StartAsync(
            Jobs(new ServerOptions { Ledger = server.Ledger, Port = 0 }),
            CancellationToken
        );
        await Eventually.HoldsAsync(async () =>
            await CountAsync(
                server,
                "select count(*) from jobs.qrtz_execution_history where job_name = 'star-watch' and succeeded and summary like "
                    + $"'1 new run over watched stars; the sky: 9 newly flagged by run {run.ToString()[^8..]}; 1 earlier run %'"
            ) == 1
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(next) };
        var shown = await client.GetStringAsync("/watches/the%20sky", CancellationToken);
        Assert.Contains($"\"run_id\":\"{run}\"", shown, StringComparison.Ordinal);
        // The page of jobs has it, too.
        Assert.Contains("9 newly flagged by run", await client.GetStringAsync("/jobs", CancellationToken), StringComparison.Ordinal);
        await next.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task Watches_are_listed_shown_removed_and_what_makes_no_sense_is_refused()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await server.LoadAsync();
        const string Cone = """{"name": "a b", "region": "{\"cone\": {\"ra_deg\": 120, \"dec_deg\": 10, \"radius_deg\": 9}}"}""";
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/watches", Cone)).Status);
        var listed = Assert.Single((await server.GetAsync("/watches")).Json.EnumerateArray());
        Assert.Equal(
            ("a b", "within 9° of (120, 10)"),
            (listed.GetProperty("name").GetString(), listed.GetProperty("watched").GetString())
        );
        Assert.Equal(9, listed.GetProperty("region").GetProperty("cone").GetProperty("radius_deg").GetInt32());

        JsonAssert.Problem(await server.PostAsync("/watches", """{"name": "a b", "region": "dec=0.."}"""), HttpStatusCode.Conflict);
        JsonAssert.Problem(await server.PostAsync("/watches", """{"name": "b"}"""), HttpStatusCode.BadRequest, "label_set");
        JsonAssert.Problem(
            await server.PostAsync("/watches", """{"name": "b", "region": "color=0..1"}"""),
            HttpStatusCode.BadRequest,
            "region"
        );
        JsonAssert.Problem(await server.PostAsync("/watches", """{"name": "b", "label_set": "eye"}"""), HttpStatusCode.NotFound);
        JsonAssert.Problem(await server.GetAsync("/watches/b"), HttpStatusCode.NotFound);
        var shown = await server.GetAsync("/watches/a%20b");
        JsonAssert.Fields(shown.Json, "watch news");
        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync("/watches/a%20b")).Status);
        JsonAssert.Problem(await server.DeleteAsync("/watches/a%20b"), HttpStatusCode.NotFound);
    }
}
