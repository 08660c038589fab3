using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Almagest.Adql;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Server.VirtualObservatory.Catalogue;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>A dataset's table in TAP has the columns of its file under the names, in the units and with the values that the file
/// has.</summary>
public sealed class FileColumnTests : IAsyncLifetime
{
    private readonly TestFolder _folder = TestFolder.Create("file-columns");
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(o => o with { Workers = 0 });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Dataset> LoadAsync(string name, string text, params (string Field, string Column)[] map)
    {
        var file = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return (
            await new CatalogIngestor(_server.Ledger).IngestAsync(
                [file],
                new IngestOptions { Map = map.ToDictionary(m => m.Field, m => m.Column) }
            )
        ).Dataset;
    }

    private async Task<VoTable> AskAsync(string adql)
    {
        var answer = await _server.GetAsync($"/vo/tap/sync?LANG=ADQL&QUERY={Uri.EscapeDataString(adql)}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return new VoTable(answer.Text);
    }

    private const string Gaia =
        "source_id,ra,dec,parallax,phot_g_mean_mag,bp_rp,phot_g_n_obs,solution_id,duplicated_source,random_index\n"
        + "4295806720,44.9961522,0.0056149,0.35438,17.641426,0.7,200,1636148068921376768,False,545300884\n"
        + "34361129088,45.0048610,0.0210471,3.26019,14.1,1.9,190,1636148068921376768,True,\n";

    [Fact]
    public async Task What_the_file_says_of_its_bands_is_kept_in_its_columns_and_in_exports()
    {
        await LoadAsync(
            "bands.vot",
            "<VOTABLE version=\"1.4\"><RESOURCE><TABLE><FIELD name=\"source_id\" datatype=\"long\"/>"
                + "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\"/>"
                + "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.dec;meta.main\"/>"
                + "<FIELD name=\"gmag\" datatype=\"double\" unit=\"mag\" ucd=\"phot.mag;em.opt.G\"/>"
                + "<FIELD name=\"bp_rp\" datatype=\"double\" unit=\"mag\" ucd=\"PHOT_COLOR\"/><DATA><TABLEDATA>"
                + "<TR><TD>1</TD><TD>2</TD><TD>3</TD><TD>10.5</TD><TD>0.5</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
        );
        var table = await AskAsync("SELECT gmag, bp_rp, magnitude, ra FROM dataset.bands");
        Assert.Equal(["phot.mag;em.opt.G", "phot.color", "phot.mag", "pos.eq.ra"], table.Fields.Values.Select(f => f["ucd"]));
        var exported = await _server.GetAsync("/datasets/bands/stars?format=votable");
        Assert.Contains("unit=\"mag\" ucd=\"phot.mag;em.opt.G\"", exported.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PHOT_COLOR", exported.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("votable")]
    [InlineData("votable-binary2")]
    [InlineData("fits")]
    [InlineData("parquet")]
    [InlineData("ecsv")]
    public async Task An_export_has_the_other_columns_of_the_file_as_columns_with_names_units_and_meaning(string format)
    {
        await LoadAsync(
            "more.vot",
            "<VOTABLE version=\"1.4\"><RESOURCE><TABLE><FIELD name=\"source_id\" datatype=\"long\"/>"
                + "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\"/><FIELD name=\"dec\" datatype=\"double\" unit=\"deg\"/>"
                + "<FIELD name=\"teff\" datatype=\"double\" unit=\"K\" ucd=\"phys.temperature.effective\">"
                + "<DESCRIPTION>heat of it</DESCRIPTION></FIELD><FIELD name=\"other_id\" datatype=\"long\"/>"
                + "<FIELD name=\"Healpix_29\" datatype=\"int\"/><FIELD name=\"variable\" datatype=\"boolean\"/>"
                + "<FIELD name=\"note\" datatype=\"unicodeChar\" arraysize=\"*\"/><DATA><TABLEDATA>"
                + "<TR><TD>1</TD><TD>2</TD><TD>3</TD><TD>5700.5</TD><TD>1636148068921376768</TD><TD>7</TD><TD>true</TD><TD>Σ</TD></TR>"
                + "<TR><TD>2</TD><TD>2</TD><TD>3</TD><TD/><TD>4</TD><TD>8</TD><TD>false</TD><TD>x</TD></TR>"
                + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
        );
        using var answer = await _server.Client.GetAsync(
            new Uri($"/datasets/more/stars?format={format}&extra=true&filter=dec_deg%3D2..4", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        using var table = CatalogFile.Open(
            new MemoryStream(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)),
            "more"
        );
        Assert.Equal(
            [
                new CatalogColumn("teff", ColumnType.Double, "K", "phys.temperature.effective", "heat of it"),
                new CatalogColumn("other_id", ColumnType.Int64),
                new CatalogColumn("Healpix_29_file", ColumnType.Int64),
                new CatalogColumn("variable", ColumnType.Boolean),
                new CatalogColumn("note", ColumnType.Text),
            ],
            table.Columns.TakeLast(5).Select(c => c with { System = null })
        );
        var batch = Assert.Single(table.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal<object?[]>([5700.5, 1636148068921376768L, 7L, true, "Σ"], Row(0));
        Assert.Equal<object?[]>([null, 4L, 8L, false, "x"], Row(1));

        object?[] Row(int i) =>
            [
                .. batch
                    .Columns.TakeLast(5)
                    .Select(c =>
                        c.IsNull(i)
                            ? null
                            : c switch
                            {
                                Int64Vector v => v.Values[i],
                                DoubleVector v => v.Values[i],
                                BooleanVector v => v.Values[i],
                                TextVector v => v.Values[i],
                                _ => (object?)null,
                            }
                    ),
            ];
    }

    [Fact]
    public async Task An_archive_query_runs_when_the_table_s_name_is_changed()
    {
        await LoadAsync("gaia.csv", Gaia);
        var table = await AskAsync(
            "SELECT source_id, ra, dec, parallax, phot_g_mean_mag, bp_rp, phot_g_n_obs, solution_id, duplicated_source, random_index, "
                + "ra_deg FROM dataset.gaia WHERE parallax > 1 AND phot_g_mean_mag BETWEEN 14 AND 15 AND bp_rp > 1"
        );
        var row = Assert.Single(table.Rows);
        Assert.Equal(
            ["34361129088", "45.004861", "0.0210471", "3.26019", "14.1", "1.9", "190", "1636148068921376768", "true", "", "45.004861"],
            row.Values
        );
        Assert.Equal(
            ["long", "double", "double", "double", "double", "double", "long", "long", "char", "long"],
            table.Fields.Values.Take(10).Select(f => f["datatype"] is "unicodeChar" ? "char" : f["datatype"])
        );
        Assert.Equal(
            ("mas", "pos.parallax.trig", "deg", "pos.eq.ra"),
            (table.Fields["parallax"]["unit"], table.Fields["parallax"]["ucd"], table.Fields["ra"]["unit"], table.Fields["ra"]["ucd"])
        );
        var star = await AskAsync("SELECT * FROM dataset.gaia WHERE source_id = 4295806720");
        Assert.Equal(("17.641426", "17.641426"), (star.Rows[0]["phot_g_mean_mag"], star.Rows[0]["magnitude"]));
    }

    [Theory]
    [InlineData("duplicated_source = 'False'")]
    [InlineData("duplicated_source = 'FALSE'")]
    [InlineData("duplicated_source = 0")]
    [InlineData("duplicated_source <> 'True'")]
    [InlineData("duplicated_source IN ('False', 0)")]
    [InlineData("NOT duplicated_source")]
    [InlineData("duplicated_source = FALSE")]
    [InlineData("CAST(duplicated_source AS INTEGER) = 0")]
    [InlineData("solution_id IN (1636148068921376768) AND duplicated_source LIKE 'False'")]
    public async Task Truth_values_of_the_file_are_compared_as_archives_write_them(string condition)
    {
        await LoadAsync("gaia.csv", Gaia);
        var row = Assert.Single((await AskAsync($"SELECT source_id, duplicated_source FROM dataset.gaia WHERE {condition}")).Rows);
        Assert.Equal(["4295806720", "false"], row.Values);
    }

    [Fact]
    public async Task The_first_example_answers_stars_of_the_dataset()
    {
        await LoadAsync("gaia.csv", Gaia);
        var page = XDocument.Parse((await _server.GetAsync("/vo/tap/examples")).Text);
        var query = page.Descendants().First(e => e.Attribute("property")?.Value == "query").Value;
        Assert.Equal("4295806720", (await AskAsync(query)).Rows[0]["source_id"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/vo/tap");
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var shown = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(
            WebUtility.HtmlEncode(query),
            await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Ours_wins_where_names_collide_and_the_file_s_keeps_its_values_in_its_unit()
    {
        await LoadAsync(
            "hours.csv",
            "name,RA,ra,dec,parallax,Gmag,magnitude\nA 1,1.1,7,10,0.0125,12,99\nA 2,23.7,8,-10,0.25,13,98\n",
            ("ra_deg", "RA:hours"),
            ("dec_deg", "dec"),
            ("parallax_mas", "parallax:arcsec"),
            ("magnitude", "Gmag")
        );
        var table = await AskAsync(
            "SELECT RA, ra_file, ra_deg, parallax, parallax_mas, Gmag, magnitude, magnitude_file, name FROM dataset.hours "
                + "ORDER BY source_id"
        );
        Assert.Equal(["1.1", "7", "16.5", "0.0125", "12.5", "12", "12", "99", "A 1"], table.Rows[0].Values);
        Assert.Equal(["23.7", "8"], table.Rows[1].Values.Take(2));
        Assert.Equal(("hours", "arcsec"), (table.Fields["RA"]["unit"], table.Fields["parallax"]["unit"]));
        var described = await AskAsync(
            "SELECT column_name, unit, datatype FROM TAP_SCHEMA.columns WHERE table_name = 'dataset.hours' AND column_name IN "
                + "('RA', 'ra_file', 'magnitude_file')"
        );
        Assert.Equal(3, described.Rows.Count);
        Assert.Contains("<name>ra_file</name>", (await _server.GetAsync("/vo/tap/tables")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_brought_to_ICRS_keeps_the_file_s_own_numbers_beside()
    {
        await LoadAsync("b1950.csv", "id,RAB1950,DEB1950,pmra\n1,10.5,20.25,5\n");
        var row = Assert.Single((await AskAsync("SELECT RAB1950, DEB1950, ra_deg FROM dataset.b1950")).Rows);
        Assert.Equal(("10.5", "20.25"), (row["RAB1950"], row["DEB1950"]));
        Assert.InRange(double.Parse(row["ra_deg"], CultureInfo.InvariantCulture), 11, 11.3);
    }

    [Fact]
    public async Task An_id_is_a_whole_number_where_all_are_and_text_where_one_is_not()
    {
        await LoadAsync("gaia.csv", Gaia);
        foreach (
            var condition in new[]
            {
                "source_id = 4295806720",
                "source_id = '4295806720'",
                "source_id IN (4295806720, 5)",
                "4295806720 = source_id",
                "source_id < 5000000000",
                "source_id + 1 = 4295806721",
                "source_id <> 34361129088",
            }
        )
            Assert.Equal(
                "4295806720",
                Assert.Single((await AskAsync($"SELECT source_id FROM dataset.gaia WHERE {condition}")).Rows)["source_id"]
            );
        Assert.Equal("long", (await AskAsync("SELECT source_id FROM almagest.stars")).Fields["source_id"]["datatype"]);

        await LoadAsync("zeros.csv", "source_id,ra,dec\n0001,1,2\n12,3,4\n");
        Assert.Equal("unicodeChar", (await AskAsync("SELECT source_id FROM almagest.stars")).Fields["source_id"]["datatype"]);
        foreach (
            var query in new[]
            {
                "SELECT source_id FROM almagest.stars WHERE source_id = 4295806720",
                "SELECT source_id FROM almagest.stars WHERE source_id IN (4295806720, 5)",
                "SELECT s.source_id FROM almagest.stars AS s JOIN dataset.gaia AS p ON s.source_id = p.source_id WHERE p.parallax < 1",
                "SELECT source_id FROM almagest.stars AS s JOIN dataset.gaia AS p USING (source_id) WHERE p.parallax < 1",
                "SELECT source_id FROM almagest.stars WHERE source_id IN (SELECT source_id FROM dataset.gaia WHERE parallax < 1)",
                "SELECT source_id FROM dataset.gaia WHERE parallax < 1 AND source_id IN (SELECT source_id FROM almagest.stars)",
                "SELECT source_id FROM (SELECT source_id FROM almagest.stars WHERE ra_deg > 20) AS s FULL JOIN (SELECT source_id, parallax "
                    + "FROM dataset.gaia) AS p USING (source_id) WHERE parallax < 1",
                "SELECT source_id, COUNT(*), GREATEST(NULL, NULL) AS g FROM almagest.stars WHERE source_id = 4295806720 GROUP BY 1, 3",
                "SELECT source_id, 5, COUNT(*) FROM almagest.stars WHERE source_id = 4295806720 GROUP BY 1, 2",
                "SELECT (SELECT MAX(source_id) FROM dataset.gaia WHERE parallax < 1) AS source_id, COUNT(*) FROM almagest.stars GROUP BY 1",
                "SELECT source_id FROM dataset.gaia a JOIN dataset.gaia b USING (source_id, duplicated_source) WHERE NOT duplicated_source",
                "SELECT source_id FROM dataset.gaia WHERE duplicated_source = (SELECT MIN(duplicated_source) FROM dataset.gaia)",
                "SELECT source_id FROM dataset.gaia GROUP BY source_id HAVING MAX(duplicated_source) = 'False'",
            }
        )
            Assert.Equal("4295806720", Assert.Single((await AskAsync(query)).Rows)["source_id"]);
        Assert.Equal(
            "0001",
            Assert.Single((await AskAsync("SELECT source_id FROM dataset.zeros WHERE source_id = '0001'")).Rows)["source_id"]
        );
        Assert.Equal("long", (await AskAsync("SELECT source_id FROM dataset.gaia")).Fields["source_id"]["datatype"]);
        Assert.Equal(("char", "ID_MAIN"), (await FieldAsync("datatype"), await FieldAsync("ucd")));

        async Task<string> FieldAsync(string attribute) =>
            new VoTable((await _server.GetAsync("/vo/datasets/gaia/cone?RA=45&DEC=0&SR=1")).Text).Fields["source_id"][attribute];
    }

    [Fact]
    public async Task Two_datasets_join_by_their_ids()
    {
        await LoadAsync("gaia.csv", Gaia);
        await LoadAsync("other.csv", "Source,ra,dec,teff\n34361129088,45,0,5772\n");
        foreach (
            var join in new[]
            {
                "dataset.gaia AS g JOIN dataset.other AS o USING (source_id)",
                "dataset.gaia AS g JOIN dataset.other AS o ON g.source_id = o.Source",
                "dataset.gaia AS g JOIN dataset.other AS o ON g.source_id = o.source_id + 0",
            }
        )
        {
            var row = Assert.Single((await AskAsync($"SELECT g.parallax, o.teff FROM {join}")).Rows);
            Assert.Equal(("3.26019", "5772"), (row["parallax"], row["teff"]));
        }
    }

    [Fact]
    public async Task A_unit_that_is_set_right_is_at_once_the_published_one()
    {
        var dataset = await LoadAsync("late.csv", "source_id,ra,dec,parallax\n1,10,20,0.5\n");
        Assert.Equal("0.5", Assert.Single((await AskAsync("SELECT parallax_mas FROM dataset.late")).Rows)["parallax_mas"]);
        await new DatasetCorrector(_server.Ledger).CorrectAsync(
            dataset.DatasetId,
            new DatasetCorrection { Units = new Dictionary<string, string> { ["parallax"] = "arcsec" } },
            TestContext.Current.CancellationToken
        );
        var table = await AskAsync("SELECT parallax, parallax_mas FROM dataset.late");
        Assert.Equal(["0.5", "500"], Assert.Single(table.Rows).Values);
        Assert.Equal("arcsec", table.Fields["parallax"]["unit"]);
    }

    [Theory]
    [InlineData("SELECT source_id FROM dataset.many WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 20, 10, 0.5))", "healpix")]
    [InlineData("SELECT source_id FROM dataset.many WHERE DISTANCE(POINT(ra, dec), POINT(20, 10)) < 0.5", "healpix")]
    [InlineData("SELECT ra FROM dataset.many WHERE source_id = 4000000000000000777", "source_id")]
    [InlineData("SELECT ra FROM dataset.many WHERE source_id IN (4000000000000000777, 4000000000000000778)", "source_id")]
    [InlineData("SELECT ra FROM almagest.stars WHERE source_id = 4000000000000000777 AND dataset_id = 1", "source_id")]
    public async Task Queries_by_the_file_s_names_are_answered_by_the_indexes(string adql, string index)
    {
        var csv = new StringBuilder("source_id,ra,dec\n");
        for (var i = 0; i < 20_000; i++)
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{4000000000000000000 + i},{i * 0.618034 % 1 * 360:F6},{Math.Asin(2 * (i * 0.754878 % 1) - 1) * 180 / Math.PI:F6}\n"
            );
        await LoadAsync("many.csv", csv.ToString());
        adql = adql.Replace("SELECT ra FROM almagest", "SELECT ra_deg FROM almagest", StringComparison.Ordinal);
        var query = AdqlTranslator.Translate(
            adql,
            await new LedgerCatalogue(_server.Ledger).ReadAsync(TestContext.Current.CancellationToken),
            100
        );
        await using var command = _server.Ledger.DataSource.CreateCommand($"explain {query.Text}");
        foreach (var value in query.Parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        var plan = new StringBuilder();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            plan.AppendLine(reader.GetString(0));
        Assert.DoesNotContain("Seq Scan", plan.ToString(), StringComparison.Ordinal);
        Assert.Matches($"Index.*{index}", plan.ToString());
    }
}
