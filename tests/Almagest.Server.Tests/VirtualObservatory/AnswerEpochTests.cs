using System.Net;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>The epoch that answers say their positions hold for.</summary>
public sealed class AnswerEpochTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(o => o with { Workers = 0 });

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task COOSYS_has_it_where_every_position_of_the_answer_is_of_one()
    {
        await LoadAsync("early", "source_id,ra,dec,ref_epoch\n1,10,20,1991.25\n2,11,21,1991.25\n");
        Assert.Equal("J1991.25", await EpochAsync("SELECT ra_deg, dec_deg FROM dataset.early"));
        Assert.Equal("J1991.25", await EpochAsync("SELECT s.* FROM almagest.stars AS s"));
        Assert.Equal("J1991.25", await EpochAsync("SELECT t.a FROM (SELECT ra_deg AS a, star_id FROM dataset.early) AS t"));
        Assert.Equal("J1991.25", Epoch(await _server.GetAsync("/vo/datasets/early/cone?RA=10&DEC=20&SR=5")));

        await LoadAsync("late", "source_id,ra,dec,ref_epoch\n1,10,20,2016\n2,11,21,2016\n");
        await LoadAsync("undated", "source_id,ra,dec\n1,10,20\n");
        Assert.Equal("J1991.25", await EpochAsync("SELECT ra_deg FROM dataset.early"));
        Assert.Equal("J2016.0", await EpochAsync("SELECT pmra_mas_yr FROM dataset.late"));
        Assert.Null(await EpochAsync("SELECT ra_deg FROM dataset.undated"));
        Assert.Null(await EpochAsync("SELECT ra_deg FROM almagest.stars"));
        const string Both =
            "SELECT e.ra_deg{0} FROM dataset.early AS e JOIN dataset.late AS l ON e.source_id = l.source_id WHERE l.ra_deg > 0";
        Assert.Null(await EpochAsync(string.Format(null, Both, ", l.ra_deg AS other")));
        Assert.Equal("J1991.25", await EpochAsync(string.Format(null, Both, "")));
    }

    [Fact]
    public async Task Positions_as_the_file_has_them_are_of_no_system_that_is_said()
    {
        const string Carried = """
            # %ECSV 1.0
            # ---
            # delimiter: ','
            # datatype:
            # - {name: source_id, datatype: int64}
            # - {name: ra, datatype: float64, unit: deg, meta: {ucd: pos.eq.ra;meta.main}}
            # - {name: dec, datatype: float64, unit: deg, meta: {ucd: pos.eq.dec;meta.main}}
            # - {name: pmra, datatype: float64, unit: mas/yr}
            # - {name: pmdec, datatype: float64, unit: mas/yr}
            # schema: astropy-2.0
            source_id,ra,dec,pmra,pmdec
            1,10,20,3600000,0

            """;
        await LoadAsync("carried", Carried, "&catalog_epoch=2000&epoch=2016");
        var answer = await AskAsync("SELECT ra_deg, ra FROM dataset.carried");
        Assert.Equal("J2016.0", Epoch(answer));
        var fields = new VoTable(answer.Text).Fields;
        Assert.Equal(("icrs", null), (fields["ra_deg"]["ref"], fields["ra"].GetValueOrDefault("ref")));
        Assert.NotEqual("10", new VoTable(answer.Text).Rows[0]["ra_deg"]);
        var exported = await _server.GetAsync("/datasets/carried/stars?extra=true&format=votable");
        Assert.Null(new VoTable(exported.Text).Fields["ra"].GetValueOrDefault("ref"));
    }

    [Fact]
    public async Task The_table_of_datasets_has_it()
    {
        await LoadAsync("late", "source_id,ra,dec,ref_epoch\n1,10,20,2016\n2,11,21,2016\n");
        await LoadAsync("undated", "source_id,ra,dec\n1,10,20\n");
        var table = new VoTable((await AskAsync("SELECT name, reference_epoch FROM almagest.datasets ORDER BY name")).Text);
        Assert.Equal(["2016", ""], table.Rows.Select(r => r["reference_epoch"]));
        Assert.Equal(("yr", "time.epoch"), (table.Fields["reference_epoch"]["unit"], table.Fields["reference_epoch"]["ucd"]));
    }

    private async Task LoadAsync(string name, string text, string options = "")
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        var loaded = await _server.SendAsync(HttpMethod.Post, $"/datasets?file={name}.csv&dataset={name}{options}", body);
        Assert.True(loaded.Status == HttpStatusCode.Created, loaded.Text);
    }

    private Task<Answer> AskAsync(string adql) => _server.GetAsync("/vo/tap/sync?LANG=ADQL&QUERY=" + Uri.EscapeDataString(adql));

    private async Task<string?> EpochAsync(string adql) => Epoch(await AskAsync(adql));

    private static string? Epoch(Answer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var system = XDocument.Parse(answer.Text).Descendants().Single(e => e.Name.LocalName == "COOSYS");
        Assert.Equal("ICRS", system.Attribute("system")!.Value);
        return system.Attribute("epoch")?.Value;
    }
}
