using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Flagged stars grouped by why they are flagged, by HTTP.</summary>
public sealed class KindTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Guid _run;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync();
        var request = new RunRequest("field", StarFilter.All, new IsolationForestParameters { Contamination = 0.5, Features = "default" });
        _run = (await new DiscoveryService(_server.Ledger).RunAsync(request)).RunId!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.RequireTrueViewsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Kinds_are_listed_labelled_and_asked_for_more()
    {
        var answer = await _server.GetAsync($"/discovery/runs/{_run}/kinds?seeds=1&with={_run}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonAssert.Fields(answer.Json, "run_id algorithm flagged looked_at in_no_kind seeds kinds");
        var kind = answer.Json.GetProperty("kinds")[0];
        JsonAssert.Fields(kind, "kind_id name stars sentence stability features place typical extreme like star_ids source_ids");
        JsonAssert.Fields(kind.GetProperty("place"), "ra_deg dec_deg median_distance_deg magnitude color parallax_mas");
        JsonAssert.Fields(kind.GetProperty("typical")[0], "star_id source_id anomaly_score likeness");
        JsonAssert.Fields(kind.GetProperty("like"), "run_id kind_id name stars similarity shared_stars");
        JsonAssert.Fields(kind.GetProperty("features")[0], "feature unit effect is_far share median percentile");
        Assert.Equal(kind.GetProperty("stars").GetInt32(), kind.GetProperty("star_ids").GetArrayLength());
        // Its own kinds are most like themselves.
        Assert.Equal(0, kind.GetProperty("like").GetProperty("kind_id").GetInt32());

        var more = await _server.GetAsync($"/discovery/runs/{_run}/kinds/0/more?limit=3");
        Assert.Equal(HttpStatusCode.OK, more.Status);
        JsonAssert.Fields(more.Json, "run_id kind_id name looked_at stars");

        var header = (await _server.GetAsync($"/discovery/runs/{_run}/kinds?seeds=0&format=csv")).Text.Split('\n');
        Assert.StartsWith("kind_id,kind,stars,stability,", header[0], StringComparison.Ordinal);
        Assert.Equal(answer.Json.GetProperty("kinds").GetArrayLength(), header.Count(l => l.Length > 0) - 1);
        var stars = (await _server.GetAsync($"/discovery/runs/{_run}/kinds?format=csv&table=stars")).Text.Split('\n');
        Assert.EndsWith(",kind_id,kind,kind_likeness", stars[0].TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(answer.Json.GetProperty("flagged").GetInt32(), stars.Count(l => l.Length > 0) - 1);
        Assert.EndsWith(
            ",kind_id,kind,kind_likeness",
            (await _server.GetAsync($"/discovery/runs/{_run}/kinds/0/more?format=csv")).Text.Split('\n')[0].TrimEnd(),
            StringComparison.Ordinal
        );

        var labelled = await _server.PostAsync($"/discovery/runs/{_run}/kinds/0/label", """{"kind": "odd", "label_set": "kinds"}""");
        Assert.Equal(HttpStatusCode.OK, labelled.Status);
        Assert.Equal(kind.GetProperty("stars").GetInt32(), labelled.Json.GetProperty("labels").GetInt32());
        var score = await _server.GetAsync($"/discovery/runs/{_run}/score?labels=kinds");
        Assert.Equal(labelled.Json.GetProperty("labels").GetInt32(), score.Json.GetProperty("anomalies").GetProperty("unusual").GetInt32());
    }

    [Fact]
    public async Task What_is_not_there_is_refused()
    {
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/kinds?seeds=99"), HttpStatusCode.BadRequest, "seeds");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/kinds?table=stars"), HttpStatusCode.BadRequest, "table");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{Guid.NewGuid()}/kinds"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{_run}/kinds/999/more"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.PostAsync($"/discovery/runs/{_run}/kinds/0/label", "{}"), HttpStatusCode.BadRequest, "kind");
    }
}
