using System.Net;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Coverage maps and cross-matches over the API.</summary>
public sealed class SkyRouteTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    [Fact]
    public async Task A_coverage_is_answered_in_three_forms()
    {
        var route = $"/vo/datasets/{known.Dataset.Name}/moc";
        var fits = await _server.GetAsync(route);
        Assert.Equal((HttpStatusCode.OK, "application/fits"), (fits.Status, fits.ContentHeaders.ContentType?.MediaType));
        Assert.StartsWith("SIMPLE  =", fits.Text, StringComparison.Ordinal);
        Assert.Contains("MOCORD_S=                    8", fits.Text, StringComparison.Ordinal);
        var ascii = (await _server.GetAsync(route + "?order=4&format=ascii")).Text;
        var json = (await _server.GetAsync(route + "?order=4&format=json")).Json;
        Assert.Contains("4/", ascii, StringComparison.Ordinal);
        Assert.InRange(json.GetProperty("4").GetArrayLength(), 1, 12);
        Assert.Equal(ascii, (await _server.GetAsync($"/vo/runs/{known.RunA}/moc?order=4&format=ascii")).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.GetAsync(route + "?order=30")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/vo/datasets/nothing/moc")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await _server.GetAsync($"/vo/runs/{known.Pending}/moc")).Status);
    }

    [Fact]
    public async Task Datasets_are_matched_labels_follow_and_runs_are_compared()
    {
        await using var own = await TestServer.StartAsync(o => o with { Workers = 0 });
        await own.LoadAsync("one", 40);
        await own.LoadAsync("two", 20);
        var made = await own.PostAsync("/crossmatches", """{"dataset_1": "one", "dataset_2": "two", "radius_arcsec": 0.5}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal((20, "best"), (made.Json.GetProperty("link_count").GetInt32(), made.Json.GetProperty("find").GetString()));
        var match = made.Headers.Location!.ToString();
        Assert.Equal(made.Json.GetRawText(), (await own.GetAsync(match)).Json.GetRawText());
        var links = (await own.GetAsync(match + "/links?limit=3")).Json.GetProperty("rows");
        Assert.Equal(3, links.GetArrayLength());
        Assert.Equal(links[0].GetProperty("source_id_1").GetString(), links[0].GetProperty("source_id_2").GetString());
        Assert.StartsWith("<?xml", (await own.GetAsync(match + "/links?format=votable")).Text, StringComparison.Ordinal);

        var star = links[0].GetProperty("star_1_id").GetInt64();
        Assert.Equal(HttpStatusCode.Created, (await own.PostAsync($"/stars/{star}/labels", """{"is_anomaly": 1}""")).Status);
        var copied = await own.PostAsync(match + "/labels", """{"as": "from-one"}""");
        Assert.Equal(1, copied.Json.GetProperty("copied").GetInt32());

        Assert.Equal(HttpStatusCode.NoContent, (await own.DeleteAsync(match)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync(match + "/links")).Status);
        Assert.Equal(0, (await own.GetAsync("/crossmatches")).Json.GetArrayLength());
    }

    [Theory]
    [InlineData("""{"dataset_1": "known", "radius_arcsec": 1}""", "dataset_2", HttpStatusCode.BadRequest)]
    [InlineData("""{"dataset_1": "known", "dataset_2": "known"}""", "radius_arcsec", HttpStatusCode.BadRequest)]
    [InlineData("""{"dataset_1": "known", "dataset_2": "known", "radius_arcsec": 1}""", "dataset_2", HttpStatusCode.BadRequest)]
    [InlineData("""{"dataset_1": "known", "dataset_2": "known", "radius_arcsec": 1, "find": "worst"}""", "find", HttpStatusCode.BadRequest)]
    [InlineData("""{"dataset_1": "known", "dataset_2": "nothing", "radius_arcsec": 1}""", null, HttpStatusCode.NotFound)]
    public async Task A_match_that_makes_no_sense_is_refused_by_field(string body, string? field, HttpStatusCode status)
    {
        var answer = await _server.PostAsync("/crossmatches", body);
        Assert.Equal(status, answer.Status);
        if (field is not null)
            Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }
}
