using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Catalogues that a client sends.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(o => o with { Workers = 0, MaxUploadBytes = 8 << 20 });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static ByteArrayContent Body(string text, string type = "application/octet-stream") =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    [Fact]
    public async Task A_body_that_is_a_catalogue_becomes_a_dataset_once()
    {
        var created = await _server.SendAsync(
            HttpMethod.Post,
            "/datasets?file=night.csv",
            Body(TestServer.Csv("night", 20, badRow: true), "text/csv")
        );
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        JsonAssert.Fields(created.Json, "dataset already_loaded rows rejected rejected_rows mapping notes elapsed_ms");
        Assert.Equal((20, 1), (created.Json.GetProperty("rows").GetInt32(), created.Json.GetProperty("rejected").GetInt32()));
        Assert.Equal("night", (await _server.GetAsync(created.Headers.Location!.ToString())).Json.GetProperty("name").GetString());

        var again = await _server.SendAsync(HttpMethod.Post, "/datasets?file=other.csv", Body(TestServer.Csv("night", 20, badRow: true)));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.True(again.Json.GetProperty("already_loaded").GetBoolean());
        Assert.Equal(1, (await _server.GetAsync("/datasets")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_form_with_a_file_becomes_a_dataset_and_its_path_is_no_path_here()
    {
        using var form = new MultipartFormDataContent { { Body(TestServer.Csv("form", 12)), "file", "../../../etc/form.csv" } };
        var created = await _server.SendAsync(HttpMethod.Post, "/datasets?dataset=my%20field", form);
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var dataset = created.Json.GetProperty("dataset");
        Assert.Equal(
            ("my field", "form.csv"),
            (dataset.GetProperty("name").GetString(), dataset.GetProperty("source")[0].GetProperty("file").GetString())
        );
    }

    [Fact]
    public async Task Right_ascensions_may_be_said_to_run_from_minus_180()
    {
        const string Csv = "id,ra_deg,dec_deg\na,-10,20\nb,-0.5,21\nc,15,20\n";
        var asked = await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv", Body(Csv));
        JsonAssert.Problem(asked, HttpStatusCode.BadRequest, "file");
        Assert.Equal("position_range_unknown", asked.Json.GetProperty("code").GetString());
        Assert.Contains("The parameter is ra_from=-180; ra_from=0 leaves the rows below 0 out.", asked.Text, StringComparison.Ordinal);
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&ra_from=180", Body(Csv)),
            HttpStatusCode.BadRequest,
            "ra_from"
        );
        var created = await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&ra_from=-180", Body(Csv));
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var dataset = created.Json.GetProperty("dataset");
        Assert.Equal(-180, dataset.GetProperty("source")[0].GetProperty("ra_from").GetInt32());
        var stars = await _server.GetAsync("/datasets/x/stars?format=csv&extra=true");
        Assert.Contains("359.5", stars.Text, StringComparison.Ordinal);
        Assert.Contains("-0.5", stars.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_can_be_named()
    {
        var csv = "id,east,north\na,10,20\nb,11,21\n";
        JsonAssert.Problem(await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv", Body(csv)), HttpStatusCode.BadRequest, "file");
        var created = await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&map=ra_deg%3Deast,dec_deg%3Dnorth", Body(csv));
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&map=east", Body(csv)),
            HttpStatusCode.BadRequest,
            "map"
        );
    }

    [Fact]
    public async Task Values_that_mean_missing_can_be_named()
    {
        var csv = "id,ra,dec,parallax,teff\na,10,20,-999,5800\nb,11,21,4.5,0\nc,12,22,-999,-999\n";
        var created = await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv&missing=-999,teff%3D0", Body(csv));
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var stars = (await _server.GetAsync($"{created.Headers.Location}/stars")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([null, 4.5, null], stars.Select(s => s.GetProperty("parallax_mas").GetRawText() is "null" ? (double?)null : 4.5));
        Assert.Equal(["5800", "none", "none"], stars.Select(s => Teff(s)));
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?file=y.csv&missing=mag%3D0", Body(csv)),
            HttpStatusCode.BadRequest,
            "file"
        );

        static string Teff(System.Text.Json.JsonElement star) =>
            star.GetProperty("extra") is { ValueKind: System.Text.Json.JsonValueKind.Object } extra
            && extra.TryGetProperty("teff", out var value)
                ? value.GetRawText()
                : "none";
    }

    [Fact]
    public async Task Units_and_missing_values_of_a_dataset_can_be_set_right()
    {
        var created = await _server.SendAsync(
            HttpMethod.Post,
            "/datasets?file=x.csv",
            Body("id,RA,dec,parallax\na,1.5,20,-999\nb,2.5,21,4.5\n")
        );
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var address = created.Headers.Location!.ToString();
        var report = await _server.SendAsync(HttpMethod.Patch, address, Json("""{"units":{"RA":"hours"},"missing":["parallax=-999"]}"""));
        Assert.True(report.Status == HttpStatusCode.OK, report.Text);
        Assert.Equal(2, report.Json.GetProperty("files")[0].GetProperty("report").GetProperty("corrections").GetArrayLength());
        var stars = (await _server.GetAsync($"{address}/stars")).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([22.5, 37.5], stars.Select(s => s.GetProperty("ra_deg").GetDouble()));
        Assert.Equal(["null", "4.5"], stars.Select(s => s.GetProperty("parallax_mas").GetRawText()));
        foreach (var wrong in new[] { """{"units":{"RA":"km"}}""", """{"units":{"what":"deg"}}""", "{}", """{"units":{"RA":null}}""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendAsync(HttpMethod.Patch, address, Json(wrong))).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _server.SendAsync(HttpMethod.Patch, "/datasets/none", Json("""{"units":{"RA":"deg"}}"""))).Status
        );

        static ByteArrayContent Json(string text) => Body(text, "application/json");
    }

    [Theory]
    [InlineData("fits")]
    [InlineData("votable-binary2")]
    [InlineData("votable")]
    [InlineData("parquet")]
    [InlineData("csv")]
    public async Task Identifiers_beyond_ASCII_come_back_from_every_format(string format)
    {
        var created = await _server.SendAsync(
            HttpMethod.Post,
            $"/datasets?file={format}.csv",
            Body($"id,ra,dec,mag\nα Cen,10,20,1\nβ Cen,11,21,2\n星 1,12,22,3\n? Cen,13,23,4\n{format},14,24,5\n")
        );
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var bytes = await _server.Client.GetByteArrayAsync(
            $"{created.Headers.Location}/stars?format={format}",
            TestContext.Current.CancellationToken
        );
        using var table = Almagest.Catalog.Files.CatalogFile.Open(new MemoryStream(bytes), "answer");
        var column = table.Columns.Select(c => c.Name).ToList().IndexOf("source_id");
        var ids = table.ReadBatches().SelectMany(b => ((Almagest.Catalog.TextVector)b.Columns[column]).Values.Take(b.Count));
        Assert.Equal(["α Cen", "β Cen", "星 1", "? Cen", format], ids);
    }

    [Fact]
    public async Task What_is_no_catalogue_is_refused_and_nothing_is_stored()
    {
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv", Body("dear diary,\nit rains\n")),
            HttpStatusCode.BadRequest,
            "file"
        );
        JsonAssert.Problem(await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv", Body("")), HttpStatusCode.BadRequest, "file");
        using var form = new MultipartFormDataContent { { new StringContent("no file"), "remark" } };
        JsonAssert.Problem(await _server.SendAsync(HttpMethod.Post, "/datasets", form), HttpStatusCode.BadRequest, "file");
        Assert.Equal(0, (await _server.GetAsync("/datasets")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_name_that_is_taken_by_other_content_is_a_conflict()
    {
        await _server.SendAsync(HttpMethod.Post, "/datasets?dataset=one", Body(TestServer.Csv("a", 10)));
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?dataset=one", Body(TestServer.Csv("b", 10))),
            HttpStatusCode.Conflict
        );
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused() =>
        JsonAssert.Problem(
            await _server.SendAsync(HttpMethod.Post, "/datasets?file=x.csv", Body(new string('1', 9 << 20))),
            HttpStatusCode.RequestEntityTooLarge
        );

    [Fact]
    public async Task The_Gaia_archives_own_table_can_be_sent()
    {
        var file = TestData.Find("gaia-100pc.csv");
        if (file is null)
            Assert.Skip(TestData.Missing);
        await using var stream = File.OpenRead(file);
        using var form = new MultipartFormDataContent { { new StreamContent(stream), "file", "gaia-100pc.csv" } };
        var created = await _server.SendAsync(HttpMethod.Post, "/datasets", form);
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        Assert.Equal(12_366, created.Json.GetProperty("rows").GetInt32() + created.Json.GetProperty("rejected").GetInt32());
    }
}
