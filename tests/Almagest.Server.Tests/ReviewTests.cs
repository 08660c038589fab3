using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Reviews by HTTP.</summary>
public sealed class ReviewTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Guid _run;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync();
        var request = new RunRequest("field", StarFilter.All, new IsolationForestParameters { Features = "default", Draws = 0 });
        _run = (await new DiscoveryService(_server.Ledger).RunAsync(request)).RunId!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.RequireTrueViewsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_star_is_answered_taken_back_and_kept_in_a_run()
    {
        var path = $"/discovery/active/{_run}";
        var first = await _server.GetAsync($"{path}?limit=3");
        Assert.Equal(HttpStatusCode.OK, first.Status);
        JsonAssert.Fields(first.Json, "run_id label_set interesting ordinary skipped left answers_hash next stars note");
        JsonAssert.Fields(first.Json.GetProperty("next"), "star place_before why");
        Assert.Equal(3, first.Json.GetProperty("stars").GetArrayLength());
        var star = first.Json.GetProperty("next").GetProperty("star").GetProperty("star_id").GetInt64();

        var label = await _server.PostAsync($"{path}/answers", $$"""{"star_id": {{star}}, "answer": "y", "by": "ann"}""");
        Assert.Equal((HttpStatusCode.OK, 1), (label.Status, label.Json.GetProperty("is_anomaly").GetInt32()));
        var next = await _server.GetAsync(path);
        Assert.Equal(1, next.Json.GetProperty("interesting").GetInt32());
        Assert.NotEqual(star, next.Json.GetProperty("next").GetProperty("star").GetProperty("star_id").GetInt64());

        var kept = await _server.PostAsync($"{path}/checkpoint", "{}");
        Assert.Equal(HttpStatusCode.Accepted, kept.Status);
        Assert.Equal("active", kept.Json.GetProperty("algorithm").GetString());
        Assert.Equal(
            next.Json.GetProperty("answers_hash").GetString(),
            kept.Json.GetProperty("parameters").GetProperty("answers_hash").GetString()
        );

        var undone = await _server.DeleteAsync($"{path}/answers/last?by=ann");
        Assert.Equal((HttpStatusCode.OK, star), (undone.Status, undone.Json.GetProperty("star_id").GetInt64()));
        Assert.Equal(0, (await _server.GetAsync(path)).Json.GetProperty("interesting").GetInt32());
    }

    [Fact]
    public async Task What_is_no_answer_is_refused()
    {
        var path = $"/discovery/active/{_run}";
        JsonAssert.Problem(await _server.GetAsync($"/discovery/active/{Guid.NewGuid()}"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.PostAsync($"{path}/answers", """{"answer": "y"}"""), HttpStatusCode.BadRequest, "star_id");
        JsonAssert.Problem(
            await _server.PostAsync($"{path}/answers", """{"star_id": 1, "answer": "perhaps"}"""),
            HttpStatusCode.BadRequest,
            "answer"
        );
        JsonAssert.Problem(await _server.DeleteAsync($"{path}/answers/last?by=nobody"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.PostAsync($"{path}/checkpoint", "{}"), HttpStatusCode.BadRequest, "label_set");
    }
}
