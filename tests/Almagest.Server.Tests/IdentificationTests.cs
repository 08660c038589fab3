using System.Net;
using System.Text;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Clusters of a run named after a catalogue of known ones, by HTTP.</summary>
public sealed class IdentificationTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private Guid _run;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync();
        using var folder = TestFolder.Create("known");
        var file = Path.Combine(folder.Path, "known.csv");
        await File.WriteAllTextAsync(
            file,
            "Cluster,RAJ2000,DEJ2000,r50,pmRA,pmDE,Plx\nClump 1,120.5,10.5,0.5,20,-45,7.3\nElsewhere,200,10,0.5,1,2,3\n",
            Encoding.UTF8
        );
        await new CatalogIngestor(_server.Ledger).IngestAsync([file]);
        var parameters = new DbscanParameters
        {
            Features = "comoving",
            Eps = 0.2,
            MinSamples = 5,
        };
        _run = (await new DiscoveryService(_server.Ledger).RunAsync(new RunRequest("field", StarFilter.All, parameters))).RunId!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.RequireTrueViewsAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Clusters_are_named_and_their_names_are_wherever_they_are_listed()
    {
        var path = $"/discovery/runs/{_run}";
        Assert.Empty((await _server.GetAsync($"{path}/identifications")).Json.GetProperty("items").EnumerateArray());
        var answer = await _server.PostAsync($"{path}/identify", """{"dataset": "known"}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonAssert.Fields(
            answer.Json,
            """
            run_id dataset_id dataset known_clusters label_set columns notes expected_by_chance clusters program_version identified_at
            identified_by
            """
        );
        var cluster = answer.Json.GetProperty("clusters")[0];
        JsonAssert.Fields(
            cluster,
            "cluster_id size verdict name star_id basis separation_deg sigma expected_by_chance sentence candidates"
        );
        JsonAssert.Fields(
            cluster.GetProperty("candidates")[0],
            """
            name star_id fits separation_deg radius_deg position_sigma motion_difference_mas_yr motion_sigma parallax_difference_mas
            parallax_sigma sigma expected_by_chance label_set labelled common motion_error_mas_yr parallax_error_mas
            """
        );
        Assert.Equal(("Clump 1", "identified"), (cluster.GetProperty("name").GetString(), cluster.GetProperty("verdict").GetString()));

        var stored = (await _server.GetAsync($"{path}/identifications")).Json.GetProperty("items");
        Assert.Equal(answer.Json.GetRawText(), Assert.Single(stored.EnumerateArray()).GetRawText());
        var listed = (await _server.GetAsync($"{path}/clusters")).Json.GetProperty("items")[0].GetProperty("known_as")[0];
        JsonAssert.Fields(listed, "dataset verdict name expected_by_chance text");
        Assert.Equal("Clump 1", listed.GetProperty("text").GetString());
        var csv = (await _server.GetAsync($"{path}/clusters?format=csv")).Text.Split('\n');
        Assert.EndsWith(",known_as,identification,known_in", csv[0].TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith(",Clump 1,identified,known", csv[1].TrimEnd(), StringComparison.Ordinal);
        var tap = await _server.GetAsync(
            "/vo/tap/sync?LANG=ADQL&FORMAT=csv&QUERY="
                + Uri.EscapeDataString("SELECT name, verdict, basis FROM almagest.cluster_identifications WHERE name IS NOT NULL")
        );
        Assert.Contains("Clump 1,identified,\"position, motion, parallax\"", tap.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_makes_no_sense_is_refused()
    {
        var path = $"/discovery/runs/{_run}/identify";
        JsonAssert.Problem(await _server.PostAsync(path, "{}"), HttpStatusCode.BadRequest, "dataset");
        JsonAssert.Problem(await _server.PostAsync(path, """{"dataset": "field"}"""), HttpStatusCode.BadRequest, "dataset");
        JsonAssert.Problem(await _server.PostAsync(path, """{"dataset": "nothing"}"""), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.PostAsync(path, """{"dataset": "known", "label_set": "nothing"}"""), HttpStatusCode.NotFound);
        var absent = $"/discovery/runs/{Guid.CreateVersion7()}";
        JsonAssert.Problem(await _server.PostAsync($"{absent}/identify", """{"dataset": "known"}"""), HttpStatusCode.NotFound);
        JsonAssert.Problem(await _server.GetAsync($"{absent}/identifications"), HttpStatusCode.NotFound);
    }
}
