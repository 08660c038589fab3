using System.Net;
using System.Net.Http.Headers;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Parquet;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Answers as whole tables.</summary>
public sealed class ExportTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    [Fact]
    public async Task Results_are_answered_as_ECSV_with_their_provenance()
    {
        var answer = await _server.GetAsync($"/discovery/runs/{known.RunA}/results?format=ecsv&anomalies_only=true&order=score");
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.Status, answer.ContentHeaders.ContentType?.MediaType));
        Assert.Equal($"run-{known.RunA}.ecsv", answer.ContentHeaders.ContentDisposition?.FileName);
        var lines = answer.Text.TrimEnd('\n').Split('\n');
        Assert.Contains($"# - run_id: \"{known.RunA}\"", lines);
        Assert.Contains($"# - rows: \"the flagged stars, most anomalous first\"", lines);
        var rows = lines.SkipWhile(l => l.StartsWith('#')).ToList();
        Assert.StartsWith("star_id,source_id,ra_deg", rows[0], StringComparison.Ordinal);
        Assert.Equal(known.Stars.Take(4).Select(s => $"{s}"), rows.Skip(1).Select(r => r.Split(',')[0]));
    }

    [Fact]
    public async Task The_list_of_runs_is_one_table_with_what_each_found_whichever_the_format()
    {
        var listed = (await _server.GetAsync("/discovery/runs?sort=-anomaly_count&limit=1000"))
            .Json.GetProperty("items")
            .EnumerateArray()
            .ToList();
        var table = (await _server.GetAsync("/discovery/runs?sort=-anomaly_count&format=json"))
            .Json.GetProperty("rows")
            .EnumerateArray()
            .ToList();
        string Said(System.Text.Json.JsonElement run) =>
            $"{run.GetProperty("run_id")} {run.GetProperty("status")} {run.GetProperty("total_stars")} {run.GetProperty("anomaly_count")} "
            + $"{run.GetProperty("cluster_count")} {run.GetProperty("noise_count")} {run.GetProperty("results_hash")}";
        Assert.NotEmpty(listed);
        Assert.Equal(listed.Select(Said), table.Select(Said));
        foreach (var format in new[] { "csv", "ecsv", "fits", "votable", "parquet" })
            Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/discovery/runs?format={format}")).Status);
        var found = (await _server.GetAsync($"/discovery/runs?format=csv&search={known.RunA}")).Text.TrimEnd('\n').Split('\n');
        Assert.StartsWith($"{known.RunA},", Assert.Single(found.Skip(1)), StringComparison.Ordinal);
        JsonAssert.Problem(await _server.GetAsync("/discovery/runs?format=csv&limit=3"), HttpStatusCode.BadRequest, "limit");
    }

    [Fact]
    public async Task CSV_is_plain_and_says_its_charset()
    {
        var answer = await _server.GetAsync($"/discovery/runs/{known.RunA}/results?format=csv");
        Assert.Equal("text/csv; charset=utf-8", answer.ContentHeaders.ContentType?.ToString());
        Assert.StartsWith("star_id,source_id,ra_deg", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('#', answer.Text);
    }

    [Fact]
    public async Task The_header_Accept_chooses_a_format_and_JSON_stays_pages()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/discovery/runs/{known.Clusters}/results");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.apache.parquet"));
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/vnd.apache.parquet", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
        using var bytes = new MemoryStream(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await using var table = await ParquetReader.CreateAsync(bytes, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            (12, "known"),
            (table.Metadata!.NumRows, System.Text.Json.Nodes.JsonNode.Parse(table.CustomMetadata["dataset"])!["name"]!.GetValue<string>())
        );

        var page = await _server.GetAsync($"/discovery/runs/{known.Clusters}/results?limit=5");
        Assert.Equal(5, page.Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Comparisons_and_the_consensus_are_answered_as_tables()
    {
        var pair = (await _server.GetAsync($"/discovery/compare/{known.RunA}/{known.RunB}/stars?format=json")).Json.GetProperty("rows");
        Assert.Equal(
            ["common", "common", "only_1", "only_1", "only_2", "only_2"],
            pair.EnumerateArray().Select(r => r.GetProperty("side").GetString())
        );
        var side = (await _server.GetAsync($"/discovery/compare/{known.RunA}/{known.RunB}/stars?format=json&side=only_2")).Json.GetProperty(
            "rows"
        );
        Assert.Equal([known.Stars[4], known.Stars[5]], side.EnumerateArray().Select(r => r.GetProperty("star_id").GetInt64()));
        var consensus = (
            await _server.GetAsync($"/analytics/discovery/consensus?format=json&run_ids={known.RunA},{known.RunB},{known.RunC}")
        ).Json;
        Assert.Equal(6, consensus.GetProperty("rows").GetArrayLength());
        Assert.Equal(3, consensus.GetProperty("provenance").GetProperty("runs").GetArrayLength());
        Assert.Equal(1, consensus.GetProperty("provenance").GetProperty("independent_draws").GetInt32());
        Assert.True(consensus.GetProperty("rows")[0].GetProperty("predictive_high").GetDouble() > 0);
        var overlaps = (
            await _server.GetAsync($"/analytics/discovery/overlaps/significance?format=json&run_ids={known.RunA},{known.RunB},{known.RunC}")
        ).Json;
        Assert.Equal(3, overlaps.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("application/x-votable+xml", "application/x-votable+xml", "VOTable TABLEDATA")]
    [InlineData("application/x-votable+xml;serialization=BINARY2", "application/x-votable+xml", "VOTable BINARY2")]
    [InlineData("application/json;q=0.5, application/fits", "application/fits", "FITS binary table")]
    [InlineData("text/html;q=0.1, text/csv;q=0.9", "text/csv", "CSV")]
    public async Task Each_format_can_be_asked_for_by_its_media_type(string accept, string type, string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/datasets/{known.Dataset.Name}/stars");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        using var table = CatalogFile.Open(
            new MemoryStream(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)),
            "answer"
        );
        Assert.StartsWith(format, table.Format, StringComparison.Ordinal);
        var batch = Assert.Single(table.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(known.Stars, ((Int64Vector)batch.Columns[0]).Values[..batch.Count]);
        if (format != "CSV")
            Assert.Equal(("deg", "pos.eq.ra;meta.main"), (table.Columns[2].Unit, table.Columns[2].Ucd));
    }

    [Fact]
    public async Task The_stars_of_a_selection_are_answered_as_a_table_with_all_of_their_columns()
    {
        var filter = Uri.EscapeDataString("ra_deg=119..122");
        var table = (await _server.GetAsync($"/datasets/{known.Dataset.DatasetId}/stars?format=json&extra=true&filter={filter}")).Json;
        Assert.Equal(4, table.GetProperty("rows").GetArrayLength());
        Assert.StartsWith("known", table.GetProperty("rows")[0].GetProperty("remark").GetString()!, StringComparison.Ordinal);
        Assert.Equal("RA (deg) 119 to 122", table.GetProperty("provenance").GetProperty("selection").GetString());
        Assert.Equal(
            2,
            (await _server.GetAsync($"/datasets/{known.Dataset.DatasetId}/stars?format=json&limit=2"))
                .Json.GetProperty("rows")
                .GetArrayLength()
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _server.GetAsync($"/datasets/{known.Dataset.DatasetId}/stars?filter={filter}")).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _server.GetAsync($"/datasets/{known.Dataset.DatasetId}/stars?format=fits&after=3")).Status
        );
    }

    [Fact]
    public async Task Views_are_answered_as_tables_with_the_conditions_of_their_routes()
    {
        async Task<int> RowsAsync(string route) =>
            (await _server.GetAsync($"/analytics/discovery/{route}")).Json.GetProperty("rows").GetArrayLength();
        Assert.Equal(4, await RowsAsync("stats?format=json"));
        Assert.Equal(3, await RowsAsync("stats?format=json&run_type=anomaly"));
        Assert.Equal(1, await RowsAsync("stats?format=json&limit=1"));
        Assert.Equal(2, await RowsAsync($"clusters/{known.Clusters}/sizes?format=json"));
        Assert.Equal(3, await RowsAsync("overlaps?format=json"));
        Assert.Equal(2, await RowsAsync($"overlaps?format=json&run_id={known.RunA}"));
        Assert.Equal(1, await RowsAsync("overlaps?format=json&min_similarity=0.3"));
        Assert.Equal(12, await RowsAsync("views/mv_star_anomaly_frequency"));
        Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/analytics/discovery/views/mv_nothing?format=fits")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _server.GetAsync($"/analytics/discovery/clusters/{Guid.NewGuid()}/sizes?format=fits")).Status
        );

        var pairs = (await _server.GetAsync("/analytics/discovery/overlaps?format=json&min_similarity=0.3")).Json;
        Assert.Equal($"[{known.Stars[2]},{known.Stars[3]}]", pairs.GetProperty("rows")[0].GetProperty("overlapping_star_ids").GetString());
        Assert.Equal("mv_anomaly_overlap_matrix", pairs.GetProperty("provenance").GetProperty("view").GetString());
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("overlaps")]
    [InlineData("timeline")]
    [InlineData("coverage")]
    [InlineData("quality")]
    [InlineData("parameters")]
    public async Task A_table_of_a_view_holds_what_its_pages_hold(string route)
    {
        var pages = (await _server.GetAsync($"/analytics/discovery/{route}")).Json.EnumerateArray().ToList();
        var rows = (await _server.GetAsync($"/analytics/discovery/{route}?format=json")).Json.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(pages.Count, rows.Count);
        foreach (var (page, row) in pages.Zip(rows))
        {
            // The centre of a cell is computed from its number.
            foreach (
                var column in page.EnumerateObject()
                    .Where(p =>
                        p.Value.ValueKind is System.Text.Json.JsonValueKind.Number
                        && !(route == "coverage" && p.Name is "ra_deg" or "dec_deg" or "area_deg2")
                    )
            )
                Assert.Equal(column.Value.GetDouble(), row.GetProperty(column.Name).GetDouble());
        }
    }

    [Theory]
    [InlineData("format=xls", "format")]
    [InlineData("format=csv&limit=5", "limit")]
    [InlineData("format=csv&after=abc", "after")]
    [InlineData("format=csv&cluster_id=0", "cluster_id")]
    public async Task A_table_that_makes_no_sense_is_refused_before_it_begins(string query, string field)
    {
        var answer = await _server.GetAsync($"/discovery/runs/{known.RunA}/results?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
        Assert.Equal(HttpStatusCode.Conflict, (await _server.GetAsync($"/discovery/runs/{known.Pending}/results?format=csv")).Status);
    }
}
