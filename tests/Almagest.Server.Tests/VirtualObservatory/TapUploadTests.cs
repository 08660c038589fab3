using System.Globalization;
using System.Net;
using System.Text;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>Tables that come with a query: TAP_UPLOAD.</summary>
public sealed class TapUploadTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private const string Mine = """
        <?xml version="1.0"?>
        <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
        <FIELD name="source_id" datatype="long"/><FIELD name="ra" datatype="double" unit="deg" ucd="pos.eq.ra"/>
        <FIELD name="dec" datatype="double" unit="deg"/><FIELD name="note" datatype="char" arraysize="*"/>
        <FIELD name="good" datatype="boolean"/>
        <FIELD name="seen" datatype="char" arraysize="*" xtype="timestamp"/>
        <FIELD name="place" datatype="double" arraysize="2" xtype="point"/>
        <FIELD name="n" datatype="int"/>
        <DATA><TABLEDATA>
        <TR><TD>4000000000000000001</TD><TD>120.0001</TD><TD>10</TD><TD>first</TD>
        <TD>true</TD><TD>2026-11-30T01:02:03</TD><TD>10 20</TD><TD>7</TD></TR>
        <TR><TD>9223372036854775807</TD><TD>1.5</TD><TD/><TD></TD><TD>false</TD><TD/><TD/><TD/></TR>
        <TR><TD>3</TD><TD>300</TD><TD>-80</TD><TD>it's "far"; away</TD><TD/><TD>2026-01-01</TD><TD>30.5 -2</TD><TD>-1</TD></TR>
        </TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
        """;

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(
        string path,
        IEnumerable<(string Name, string Value)> fields,
        params (string Part, byte[] Content, bool HasFileName)[] parts
    )
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        foreach (var (part, content, hasFileName) in parts)
        {
            if (hasFileName)
                form.Add(new ByteArrayContent(content), part, "table.vot");
            else
                form.Add(new ByteArrayContent(content), part);
        }
        using var answer = await _server.Client.PostAsync(path, form, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private Task<(HttpStatusCode Status, string Text)> AskAsync(string adql, string upload, params (string, byte[], bool)[] parts) =>
        PostAsync("/vo/tap/sync", [("LANG", "ADQL"), ("QUERY", adql), ("UPLOAD", upload)], parts);

    private static (string, byte[], bool) Part(string name, string content, bool hasFileName = true) =>
        (name, Encoding.UTF8.GetBytes(content), hasFileName);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_that_comes_with_a_query_is_asked_as_any_other(bool hasFileName)
    {
        var (status, text) = await AskAsync(
            "SELECT * FROM TAP_UPLOAD.mine WHERE seen IS NULL OR seen > '2025-01-01' ORDER BY source_id DESC",
            "mine,param:t1",
            Part("t1", Mine, hasFileName)
        );
        Assert.True(status == HttpStatusCode.OK, text);
        var table = new VoTable(text);
        Assert.Equal(["source_id", "ra", "dec", "note", "good", "seen", "place", "n"], table.Fields.Keys);
        Assert.Equal(
            ["long ", "double ", "double ", "char ", "long ", "char timestamp", "double point", "int "],
            table.Fields.Values.Select(f => $"{f["datatype"]} {f.GetValueOrDefault("xtype")}")
        );
        Assert.Equal(("deg", "pos.eq.ra"), (table.Fields["ra"]["unit"], table.Fields["ra"]["ucd"]));
        Assert.Equal(
            [
                "9223372036854775807|1.5|||0|||",
                "4000000000000000001|120.0001|10|first|1|2026-11-30T01:02:03|10 20|7",
                "3|300|-80|it's \"far\"; away||2026-01-01T00:00:00|30.5 -2|-1",
            ],
            table.Rows.Select(r => string.Join('|', r.Values))
        );
    }

    [Fact]
    public async Task Uploaded_positions_find_their_stars()
    {
        var stars = await _server.GetAsync(
            "/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&QUERY=SELECT+star_id,ra_deg,dec_deg+FROM+almagest.stars+ORDER+BY+star_id"
        );
        var rows = stars.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(r => r.Split('\t')).ToList();
        var near = new StringBuilder();
        foreach (var row in rows.Take(5))
            near.Append(
                CultureInfo.InvariantCulture,
                $"<TR><TD>{row[0]}</TD><TD>{double.Parse(row[1], CultureInfo.InvariantCulture) + 0.0002}</TD><TD>{row[2]}</TD></TR>"
            );
        var votable = $"""
            <VOTABLE version="1.3"><RESOURCE><TABLE><FIELD name="n" datatype="int"/><FIELD name="ra" datatype="double"/>
            <FIELD name="dec" datatype="double"/><DATA><TABLEDATA>{near}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
            """;
        foreach (
            var condition in new[]
            {
                "1 = CONTAINS(POINT('ICRS', s.ra_deg, s.dec_deg), CIRCLE('ICRS', m.ra, m.dec, 1./3600))",
                "DISTANCE(POINT(m.ra, m.dec), POINT(s.ra_deg, s.dec_deg)) < 1./3600",
                "s.star_id = m.n AND INTERSECTS(CIRCLE(m.ra, m.dec, 0.001), POINT(s.ra_deg, s.dec_deg)) = 1",
            }
        )
        {
            var (status, text) = await AskAsync(
                $"SELECT m.n, s.star_id FROM TAP_UPLOAD.near AS m JOIN almagest.stars AS s ON {condition} ORDER BY n",
                "near,param:near",
                Part("near", votable)
            );
            Assert.True(status == HttpStatusCode.OK, text);
            Assert.Equal(rows.Take(5).Select(r => $"{r[0]}|{r[0]}"), new VoTable(text).Rows.Select(r => string.Join('|', r.Values)));
        }
    }

    [Theory]
    [InlineData("votable/td")]
    [InlineData("votable/b2")]
    public async Task An_answer_can_be_sent_back_with_the_next_query(string format)
    {
        var answer = await _server.Client.GetByteArrayAsync(
            $"/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT={Uri.EscapeDataString(format)}&QUERY="
                + Uri.EscapeDataString("SELECT star_id, source_id, ra_deg, POINT(ra_deg, dec_deg) AS p FROM dataset.known"),
            TestContext.Current.CancellationToken
        );
        var (status, text) = await AskAsync(
            "SELECT COUNT(*) AS n FROM TAP_UPLOAD.again a JOIN dataset.known k ON a.star_id = k.star_id AND a.ra_deg = k.ra_deg",
            "again,param:x",
            ("x", answer, true)
        );
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal("12", new VoTable(text).Rows[0]["n"]);
    }

    [Fact]
    public async Task Several_tables_may_come_and_none_of_them_stays()
    {
        var (status, text) = await AskAsync(
            "SELECT COUNT(*) AS n FROM TAP_UPLOAD.a CROSS_JOIN, TAP_UPLOAD.b WHERE b.ra > 100",
            "a,param:x;b,param:y",
            Part("x", Mine),
            Part("y", Mine)
        );
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal("6", new VoTable(text).Rows[0]["n"]);
        var gone = await _server.GetAsync("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_UPLOAD.a");
        Assert.Contains("there is no table TAP_UPLOAD.a", gone.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("TAP_UPLOAD", (await _server.GetAsync("/vo/tap/tables")).Text, StringComparison.Ordinal);
        var capabilities = (await _server.GetAsync("/vo/tap/capabilities")).Text;
        Assert.Contains("TAPRegExt#upload-inline", capabilities, StringComparison.Ordinal);
        Assert.Contains("<uploadLimit>", capabilities, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_take_tables_when_they_are_made_and_before_they_begin()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("ADQL"), "LANG" },
            { new StringContent("SELECT a.source_id FROM TAP_UPLOAD.a JOIN TAP_UPLOAD.b USING (source_id) ORDER BY source_id"), "QUERY" },
            { new StringContent("a,param:x"), "UPLOAD" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Mine)), "x", "x.vot" },
        };
        using var made = await _server.Client.PostAsync("/vo/tap/async", form, TestContext.Current.CancellationToken);
        var job = made.Headers.Location?.AbsolutePath ?? made.RequestMessage!.RequestUri!.AbsolutePath;
        var (added, _) = await PostAsync($"{job}/parameters", [("UPLOAD", "b,param:y")], Part("y", Mine));
        Assert.True(added is HttpStatusCode.OK or HttpStatusCode.SeeOther, $"{added}");
        await PostAsync($"{job}/phase", [("PHASE", "RUN")]);
        await Eventually.HoldsAsync(async () => (await _server.GetAsync($"{job}/phase")).Text == "COMPLETED");
        var result = new VoTable((await _server.GetAsync($"{job}/results/result")).Text);
        Assert.Equal(["3", "4000000000000000001", "9223372036854775807"], result.Rows.Select(r => r["source_id"]));
        // What a job answered may be asked again, by its address alone.
        var (status, text) = await AskAsync(
            "SELECT COUNT(*) AS n FROM TAP_UPLOAD.r WHERE source_id > 3",
            $"r,http://elsewhere{job}/results/result"
        );
        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal("2", new VoTable(text).Rows[0]["n"]);
        var (late, reason) = await PostAsync($"{job}/parameters", [("UPLOAD", "c,param:y")], Part("y", Mine));
        Assert.Equal(HttpStatusCode.BadRequest, late);
        Assert.Contains("the job is COMPLETED", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mine,http://127.0.0.1/secret", "this server fetches nothing")]
    [InlineData("mine,file:///etc/passwd", "this server fetches nothing")]
    [InlineData("mine,param:other", "which the request does not have")]
    [InlineData("mine", "expected name,param:part")]
    [InlineData("select,param:t1", "cannot be called 'select'")]
    [InlineData("a.b,param:t1", "cannot be called 'a.b'")]
    [InlineData("mine,param:t1;MINE,param:t1", "two tables")]
    [InlineData("mine,param:csv", "expected a VOTable")]
    [InlineData("mine,param:broken", "cannot be read")]
    [InlineData("mine,param:long", "more than 200000 rows")]
    public async Task What_cannot_be_taken_is_refused(string upload, string because)
    {
        var many = new StringBuilder("""<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="int"/><DATA><TABLEDATA>""");
        for (var i = 0; i < 200_001; i++)
            many.Append("<TR><TD>1</TD></TR>");
        many.Append("</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
        var (status, text) = await AskAsync(
            "SELECT * FROM TAP_UPLOAD.mine",
            upload,
            Part("t1", Mine),
            Part("csv", "ra,dec\n1,2\n"),
            Part("broken", Mine[..600]),
            Part("long", many.ToString())
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(because, text, StringComparison.Ordinal);
    }
}
