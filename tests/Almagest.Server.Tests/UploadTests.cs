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
