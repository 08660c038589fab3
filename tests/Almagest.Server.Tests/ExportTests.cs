using System.Net;
using System.Net.Http.Headers;
using Parquet;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Answers as whole tables.</summary>
public sealed class ExportTests(KnownLedger known)
{
    readonly TestServer server = known.Server;

    [Fact]
    public async Task Results_are_answered_as_CSV_with_their_provenance()
    {
        var answer = await server.GetAsync($"/discovery/runs/{known.RunA}/results?format=csv&anomalies_only=true&order=score");
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        Assert.Equal($"run-{known.RunA}.csv", answer.ContentHeaders.ContentDisposition?.FileName);
        var lines = answer.Text.TrimEnd('\n').Split('\n');
        Assert.Contains($"# - run_id: \"{known.RunA}\"", lines);
        Assert.Contains($"# - rows: \"the flagged stars, most anomalous first\"", lines);
        var rows = lines.SkipWhile(l => l.StartsWith('#')).ToList();
        Assert.StartsWith("star_id,source_id,ra_deg", rows[0], StringComparison.Ordinal);
        Assert.Equal(known.Stars.Take(4).Select(s => $"{s}"), rows.Skip(1).Select(r => r.Split(',')[0]));
    }

    [Fact]
    public async Task The_header_Accept_chooses_a_format_and_JSON_stays_pages()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/discovery/runs/{known.Clusters}/results");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.apache.parquet"));
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/vnd.apache.parquet", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
        using var bytes = new MemoryStream(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await using var table = await ParquetReader.CreateAsync(bytes, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((12, "known"), (table.Metadata!.NumRows, System.Text.Json.Nodes.JsonNode.Parse(table.CustomMetadata["dataset"])!["name"]!.GetValue<string>()));

        var page = await server.GetAsync($"/discovery/runs/{known.Clusters}/results?limit=5");
        Assert.Equal(5, page.Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Comparisons_and_the_consensus_are_answered_as_tables()
    {
        var pair = (await server.GetAsync($"/discovery/compare/{known.RunA}/{known.RunB}/stars?format=json")).Json.GetProperty("rows");
        Assert.Equal(["common", "common", "only_1", "only_1", "only_2", "only_2"], pair.EnumerateArray().Select(r => r.GetProperty("side").GetString()));
        var side = (await server.GetAsync($"/discovery/compare/{known.RunA}/{known.RunB}/stars?format=json&side=only_2")).Json.GetProperty("rows");
        Assert.Equal([known.Stars[4], known.Stars[5]], side.EnumerateArray().Select(r => r.GetProperty("star_id").GetInt64()));
        var consensus = (await server.GetAsync($"/analytics/discovery/consensus?format=json&run_ids={known.RunA},{known.RunB},{known.RunC}")).Json;
        Assert.Equal(6, consensus.GetProperty("rows").GetArrayLength());
        Assert.Equal(3, consensus.GetProperty("provenance").GetProperty("runs").GetArrayLength());
        var overlaps = (await server.GetAsync($"/analytics/discovery/overlaps/significance?format=json&run_ids={known.RunA},{known.RunB},{known.RunC}")).Json;
        Assert.Equal(3, overlaps.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("format=xls", "format")]
    [InlineData("format=csv&limit=5", "limit")]
    [InlineData("format=csv&after=abc", "after")]
    [InlineData("format=csv&cluster_id=0", "cluster_id")]
    public async Task A_table_that_makes_no_sense_is_refused_before_it_begins(string query, string field)
    {
        var answer = await server.GetAsync($"/discovery/runs/{known.RunA}/results?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        Assert.Equal(HttpStatusCode.Conflict, (await server.GetAsync($"/discovery/runs/{known.Pending}/results?format=csv")).Status);
    }
}
