using System.Net;
using System.Text;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>Tables that come with a query, and answers, become data sets and labels.</summary>
public sealed class KeptAnswerTests : IAsyncLifetime
{
    private const long First = 4000000000000000001;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync("field", 30);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static string Table(string fields, params string[] rows) =>
        $"<VOTABLE version=\"1.4\"><RESOURCE><TABLE>{fields}<DATA><TABLEDATA>"
        + string.Concat(rows.Select(r => $"<TR><TD>{r.Replace("|", "</TD><TD>", StringComparison.Ordinal)}</TD></TR>"))
        + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

    /// <returns>the path of the job</returns>
    private async Task<string> JobAsync(string query, string? upload = null, string more = "")
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("ADQL"), "LANG" },
            { new StringContent(query), "QUERY" },
            { new StringContent("RUN"), "PHASE" },
        };
        if (upload is not null)
        {
            form.Add(new StringContent("mine,param:t"), "UPLOAD");
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(upload)), "t", "mine.vot");
        }
        using var made = await _server.Client.PostAsync($"/vo/tap/async?{more}", form, TestContext.Current.CancellationToken);
        var job = made.Headers.Location?.AbsolutePath ?? made.RequestMessage!.RequestUri!.AbsolutePath;
        await Eventually.HoldsAsync(async () => (await _server.GetAsync($"{job}/phase")).Text is "COMPLETED" or "ERROR");
        Assert.Equal("COMPLETED", (await _server.GetAsync($"{job}/phase")).Text);
        return job;
    }

    [Theory]
    [InlineData("")]
    [InlineData("RESPONSEFORMAT=votable_gzip")]
    [InlineData("RESPONSEFORMAT=fits")]
    [InlineData("RESPONSEFORMAT=csv")]
    public async Task An_uploaded_table_becomes_a_data_set(string format)
    {
        var mine = Table(
            "<FIELD name=\"source_id\" datatype=\"long\"/><FIELD name=\"ra\" datatype=\"double\" unit=\"deg\"/>"
                + "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\"/><FIELD name=\"vmag\" datatype=\"double\" unit=\"mag\"/>",
            "9007199254740993|10.5|-20|7.25",
            "9007199254740995|11|-21|"
        );
        var job = await JobAsync("SELECT * FROM TAP_UPLOAD.mine", mine, format);
        var kept = await _server.PostAsync($"/datasets?dataset=mine&tap_job={Uri.EscapeDataString($"http://elsewhere:8000{job}")}");
        Assert.True(kept.Status == HttpStatusCode.Created, $"{kept.Status} {kept.Text}");
        var stars = await _server.GetAsync(
            "/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&QUERY=SELECT+source_id,ra_deg,dec_deg,magnitude+FROM+dataset.mine+ORDER+BY+source_id"
        );
        Assert.Equal("source_id\tra_deg\tdec_deg\tmagnitude\n9007199254740993\t10.5\t-20\t7.25\n9007199254740995\t11\t-21\t\n", stars.Text);
    }

    [Fact]
    public async Task An_uploaded_list_becomes_a_set_of_labels()
    {
        var members = Table("<FIELD name=\"source_id\" datatype=\"long\"/>", $"{First}", $"{First + 3}", "17");
        var job = await JobAsync("SELECT source_id FROM TAP_UPLOAD.mine", members);
        var kept = await _server.PostAsync($"/datasets/field/labels?label_set=lit&members_of=NGC1&tap_job={job.Split('/')[^1]}");
        Assert.True(kept.Status == HttpStatusCode.OK, kept.Text);
        Assert.Equal(
            (2, 1, 28),
            (
                kept.Json.GetProperty("labels").GetInt32(),
                kept.Json.GetProperty("unknown").GetInt32(),
                kept.Json.GetProperty("non_members").GetInt32()
            )
        );
        var counted = await _server.GetAsync(
            "/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&QUERY="
                + Uri.EscapeDataString("SELECT COUNT(*) AS n FROM almagest.star_labels WHERE label_set = 'lit' AND cluster = 'NGC1'")
        );
        Assert.Equal("n\n2\n", counted.Text);
    }

    [Fact]
    public async Task What_is_not_whole_is_not_kept()
    {
        var job = await JobAsync("SELECT source_id, ra_deg, dec_deg FROM dataset.field", more: "MAXREC=7");
        var cut = await _server.PostAsync($"/datasets?dataset=part&tap_job={job.Split('/')[^1]}");
        Assert.Equal(HttpStatusCode.BadRequest, cut.Status);
        Assert.Contains("was cut off at its MAXREC", cut.Text, StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["LANG"] = "ADQL", ["QUERY"] = "SELECT 1 FROM x" });
        using var made = await _server.Client.PostAsync("/vo/tap/async", form, TestContext.Current.CancellationToken);
        var pending = (made.Headers.Location?.AbsolutePath ?? made.RequestMessage!.RequestUri!.AbsolutePath).Split('/')[^1];
        Assert.Contains("is PENDING", (await _server.PostAsync($"/datasets?tap_job={pending}")).Text, StringComparison.Ordinal);
        Assert.Contains("here is no TAP job", (await _server.PostAsync("/datasets?tap_job=nothing")).Text, StringComparison.Ordinal);
        var both = await _server.SendAsync(HttpMethod.Post, $"/datasets?tap_job={pending}", new StringContent("ra,dec\n1,2\n"));
        Assert.Contains("has a body and names a TAP job", both.Text, StringComparison.Ordinal);
        Assert.Single((await _server.GetAsync("/datasets")).Json.EnumerateArray());
    }
}
