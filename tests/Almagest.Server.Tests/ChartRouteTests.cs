using System.Net;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>The dashboard's charts as pictures, by HTTP.</summary>
public sealed class ChartRouteTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Guid _run,
        _other,
        _clusters;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync();
        _run = await RunAsync(new IsolationForestParameters { Contamination = 0.1 });
        _other = await RunAsync(new IsolationForestParameters { Contamination = 0.1, RandomState = 7 });
        _clusters = await RunAsync(new DbscanParameters { Eps = 0.5, MinSamples = 5 });
    }

    private async Task<Guid> RunAsync(Almagest.Discovery.Abstractions.RunParameters parameters) =>
        (await new DiscoveryService(_server.Ledger).RunAsync(new RunRequest("field", StarFilter.All, parameters))).RunId!.Value;

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Runs_datasets_and_comparisons_are_drawn_as_SVG_PNG_and_PDF()
    {
        foreach (
            var path in new[]
            {
                $"/discovery/runs/{_run}/chart?only=cmd,sky",
                $"/discovery/runs/{_clusters}/chart?cluster=0",
                "/datasets/field/chart?filter=magnitude%3D..15",
                $"/discovery/compare/chart?run_ids={_run},{_other}",
                "/stars/1/chart",
                "/analytics/discovery/coverage/chart?show=stars&dataset=field",
                "/analytics/discovery/timeline/chart?period=month",
                "/discovery/k-distance/chart?dataset=field&min_samples=5",
            }
        )
        {
            var svg = await _server.GetAsync(path);
            Assert.True(svg.Status == HttpStatusCode.OK, svg.Text);
            Assert.Equal("image/svg+xml", svg.ContentHeaders.ContentType?.MediaType);
            Assert.StartsWith("<svg", svg.Text, StringComparison.Ordinal);
            Assert.EndsWith("</svg>", svg.Text.TrimEnd(), StringComparison.Ordinal);
            var png = await _server.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format=png&scale=0.5");
            Assert.Equal((HttpStatusCode.OK, "image/png"), (png.Status, png.ContentHeaders.ContentType?.MediaType));
            Assert.Contains("PNG", png.Text[..8], StringComparison.Ordinal);
            var pdf = await _server.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format=pdf&width=column");
            Assert.Equal((HttpStatusCode.OK, "application/pdf"), (pdf.Status, pdf.ContentHeaders.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task A_picture_that_there_is_not_is_refused_by_the_parameter()
    {
        var run = $"/discovery/runs/{_run}/chart";
        JsonAssert.Problem(await _server.GetAsync($"{run}?only=nonsense"), HttpStatusCode.BadRequest, "only");
        JsonAssert.Problem(await _server.GetAsync($"{run}?only=sizes"), HttpStatusCode.BadRequest, "only");
        JsonAssert.Problem(await _server.GetAsync($"{run}?cluster=0"), HttpStatusCode.BadRequest, "cluster");
        JsonAssert.Problem(await _server.GetAsync($"{run}?scale=2"), HttpStatusCode.BadRequest, "scale");
        JsonAssert.Problem(await _server.GetAsync($"{run}?width=broad"), HttpStatusCode.BadRequest, "width");
        JsonAssert.Problem(await _server.GetAsync($"{run}?zoom=cmd:1"), HttpStatusCode.BadRequest, "zoom");
        var unknown = await _server.GetAsync($"{run}?select=stars:1,999999");
        JsonAssert.Problem(unknown, HttpStatusCode.BadRequest, "select");
        Assert.Contains("no star 999999", unknown.Text, StringComparison.Ordinal);
        JsonAssert.Problem(
            await _server.GetAsync($"/discovery/runs/{_clusters}/chart?contamination=0.1"),
            HttpStatusCode.BadRequest,
            "contamination"
        );
        JsonAssert.Problem(await _server.GetAsync($"{run}?format=png&scale=99"), HttpStatusCode.BadRequest, "scale");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/runs/{Guid.NewGuid()}/chart"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync("/datasets/nothing/chart"), HttpStatusCode.NotFound, "dataset");
        JsonAssert.Problem(await _server.GetAsync("/datasets/field/chart?filter=bright"), HttpStatusCode.BadRequest, "filter");
        JsonAssert.Problem(await _server.GetAsync("/discovery/compare/chart"), HttpStatusCode.BadRequest, "run_ids");
        JsonAssert.Problem(await _server.GetAsync("/stars/1/chart?only=moon"), HttpStatusCode.BadRequest, "only");
        JsonAssert.Problem(await _server.GetAsync("/stars/999999/chart"), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync("/analytics/discovery/coverage/chart?show=moon"), HttpStatusCode.BadRequest, "show");
        JsonAssert.Problem(await _server.GetAsync("/discovery/k-distance/chart"), HttpStatusCode.BadRequest, "dataset");
        JsonAssert.Problem(await _server.GetAsync($"/discovery/sweeps/{Guid.NewGuid()}/chart"), HttpStatusCode.NotFound);
        JsonAssert.Problem(
            await _server.GetAsync($"/discovery/compare/chart?run_ids={_run},{_clusters}"),
            HttpStatusCode.BadRequest,
            "run_ids"
        );
    }

    [Fact]
    public async Task A_selection_is_an_object_or_the_words_of_the_command_line()
    {
        var words = await _server.PostAsync(
            "/discovery/runs",
            """{"run_type": "anomaly", "dataset": "field", "filter": "magnitude=..12"}"""
        );
        var json = await _server.PostAsync(
            "/discovery/runs",
            """{"run_type": "anomaly", "dataset": "field", "filter": {"magnitude": {"max": 12}}}"""
        );
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (words.Status, json.Status));
        Assert.Equal("magnitude ≤ 12", words.Json.GetProperty("selection").GetString());
        Assert.Equal(json.Json.GetProperty("selection_hash").GetString(), words.Json.GetProperty("selection_hash").GetString());
    }
}
