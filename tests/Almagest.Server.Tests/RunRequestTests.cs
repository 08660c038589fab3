using System.Net;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Requests for runs that are refused before anything is stored.</summary>
public sealed class RunRequestTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    [Theory]
    [InlineData("""{"dataset": "known"}""", "algorithm")]
    [InlineData("""{"algorithm": "dbscan"}""", "dataset")]
    [InlineData("""{"algorithm": "dbscan", "dataset": null}""", "dataset")]
    [InlineData("""{"algorithm": "dbscan", "dataset": ["known", {}]}""", "dataset")]
    [InlineData("""{"algorithm": "kmeans", "dataset": "known"}""", "algorithm")]
    [InlineData("""{"algorithm": 7, "dataset": "known"}""", "algorithm")]
    [InlineData("""{"run_type": "outliers", "dataset": "known"}""", "run_type")]
    [InlineData("""{"run_type": "cluster", "algorithm": "isolation_forest", "dataset": "known"}""", "run_type")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "params": {}}""", "params")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "parameters": []}""", "parameters")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "parameters": {"eps": 0}}""", "parameters.eps")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "parameters": {"eps": "small"}}""", "parameters.eps")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "parameters": {"epsilon": 1}}""", "parameters.epsilon")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "parameters": {"min_samples": 0}}""", "parameters.min_samples")]
    [InlineData(
        """{"algorithm": "isolation_forest", "dataset": "known", "parameters": {"contamination": 0.6}}""",
        "parameters.contamination"
    )]
    [InlineData(
        """{"algorithm": "isolation_forest", "dataset": "known", "parameters": {"contamination": 0}}""",
        "parameters.contamination"
    )]
    [InlineData(
        """{"algorithm": "isolation_forest", "dataset": "known", "parameters": {"features": "no_such_recipe"}}""",
        "parameters.features"
    )]
    [InlineData("""{"algorithm": "isolation_forest", "dataset": "known", "parameters": {"seed": 7}}""", "parameters.seed")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "filter": {"cone": {"ra_deg": 10, "dec_deg": 5}}}""", "filter.cone")]
    [InlineData(
        """{"algorithm": "dbscan", "dataset": "known", "filter": {"cone": {"ra_deg": 360, "dec_deg": 5, "radius_deg": 1}}}""",
        "filter.cone.ra_deg"
    )]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "filter": {"magn": {"max": 3}}}""", "filter.magn")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "filter": "bright"}""", "filter")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "filter": {"magnitude": {"max": 0}}}""", "filter")]
    [InlineData("""{"algorithm": "dbscan", "dataset": "known", "dataset": "known"}""", "body")]
    [InlineData("""{"algorithm": "dbscan", """, "body")]
    [InlineData("""["dbscan"]""", "body")]
    [InlineData("", "body")]
    public async Task A_wrong_request_is_refused_by_field_and_stores_nothing(string body, string field)
    {
        JsonAssert.Problem(await _server.PostAsync("/discovery/runs", body), HttpStatusCode.BadRequest, field);
        Assert.Equal(6, await new RunRepository(_server.Ledger).CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_run_over_an_unknown_dataset_is_not_found() =>
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/runs", """{"algorithm": "dbscan", "dataset": "nothing"}"""),
            HttpStatusCode.NotFound,
            "dataset"
        );
}
