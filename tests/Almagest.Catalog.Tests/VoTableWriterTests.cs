using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Tables as VOTable, TABLEDATA and BINARY2.</summary>
public sealed class VoTableWriterTests
{
    private static readonly XNamespace s_vo = "http://www.ivoa.net/xml/VOTable/v1.3";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TableFormat.VoTable)]
    [InlineData(TableFormat.VoTableBinary2)]
    public async Task Every_value_and_every_word_about_a_column_comes_back_equal(TableFormat format)
    {
        var rows = MadeTable.Read(await MadeTable.BytesAsync(MadeTable.New(), format, CancellationToken), out var columns);
        // The file names one system of coordinates, which so holds for all columns.
        Assert.All(columns, c => Assert.Equal("ICRS", c.System?.Name));
        Assert.Equal(MadeTable.Columns, columns.Select(c => c with { System = null }));
        Assert.Equal(MadeTable.Expected(MadeTable.Rows), rows);
    }

    [Theory]
    [InlineData(TableFormat.VoTable, 0)]
    [InlineData(TableFormat.VoTableBinary2, 0)]
    [InlineData(TableFormat.VoTable, 10_000)]
    [InlineData(TableFormat.VoTableBinary2, 1)]
    [InlineData(TableFormat.VoTableBinary2, 10_000)]
    public async Task Tables_of_any_length_are_whole(TableFormat format, int count)
    {
        var made = Enumerable
            .Range(0, count)
            .Select(i =>
                new object?[]
                {
                    (long)i,
                    $"id {i}",
                    i * 0.1,
                    i % 7 == 0 ? null : (double)i,
                    i % 3 == 0 ? null : i % 2 == 0,
                    new string('x', i % 11 + 1),
                }
            )
            .ToList();
        var rows = MadeTable.Read(await MadeTable.BytesAsync(MadeTable.New(made, 333), format, CancellationToken), out _, 1000);
        Assert.Equal(made, rows);
    }

    [Theory]
    [InlineData("""{ "dataset": { "name": "a", "reference_epoch": 2016 } }""", "J2016.0")]
    [InlineData("""{ "dataset": { "name": "a", "reference_epoch": 1991.25 } }""", "J1991.25")]
    [InlineData("""{ "dataset": { "name": "a", "reference_epoch": null } }""", null)]
    [InlineData("""{ "datasets": [{ "reference_epoch": 2015.5 }, { "reference_epoch": 2015.5 }] }""", "J2015.5")]
    [InlineData("""{ "datasets": [{ "reference_epoch": 2015.5 }, { "reference_epoch": 2016 }] }""", null)]
    [InlineData("""{ "datasets": [{ "reference_epoch": 2015.5 }, { "name": "b" }] }""", null)]
    [InlineData("{}", null)]
    public async Task The_epoch_of_the_positions_is_said_where_all_have_the_same(string provenance, string? epoch)
    {
        var made = MadeTable.New() with { Provenance = JsonNode.Parse(provenance)!.AsObject() };
        var bytes = await MadeTable.BytesAsync(made, TableFormat.VoTable, CancellationToken);
        var system = Assert.Single(XDocument.Parse(Encoding.UTF8.GetString(bytes)).Descendants(s_vo + "COOSYS"));
        Assert.Equal(("ICRS", epoch), (system.Attribute("system")!.Value, system.Attribute("epoch")?.Value));
        MadeTable.Read(bytes, out var columns);
        Assert.All(columns, c => Assert.Equal(epoch, c.System?.Epoch));
    }

    [Fact]
    public async Task The_document_says_what_a_client_asks_of_it()
    {
        var document = XDocument.Parse(
            Encoding.UTF8.GetString(await MadeTable.BytesAsync(MadeTable.New(), TableFormat.VoTable, CancellationToken))
        );
        Assert.Equal("1.4", document.Root!.Attribute("version")!.Value);
        var resource = document.Root.Element(s_vo + "RESOURCE")!;
        Assert.Equal("results", resource.Attribute("type")!.Value);
        var infos = resource.Elements(s_vo + "INFO").Select(i => (i.Attribute("name")!.Value, i.Attribute("value")!.Value)).ToList();
        Assert.Equal(("QUERY_STATUS", "OK"), infos[0]);
        Assert.Contains(("title", "Été \"star\" & <list>"), infos);
        Assert.Contains(("seed", "42"), infos);
        Assert.Contains(infos, i => i.Item1 == "parameters" && i.Item2.StartsWith("{\"eps\":0.2,", StringComparison.Ordinal));
        var table = resource.Element(s_vo + "TABLE")!;
        Assert.Equal("stars", table.Attribute("name")!.Value);
        Assert.Equal("Été \"star\" & <list>", table.Element(s_vo + "DESCRIPTION")!.Value);
        Assert.Equal(
            ["long", "char", "double", "double", "boolean", "unicodeChar"],
            table.Elements(s_vo + "FIELD").Select(f => f.Attribute("datatype")!.Value)
        );
        Assert.Equal(
            ["ra_deg", "pm"],
            table.Elements(s_vo + "FIELD").Where(f => f.Attribute("ref")?.Value == "icrs").Select(f => f.Attribute("name")!.Value)
        );
        Assert.Equal("ICRS", resource.Element(s_vo + "COOSYS")!.Attribute("system")!.Value);
    }

    [Theory]
    [InlineData(TableFormat.VoTable)]
    [InlineData(TableFormat.VoTableBinary2)]
    public async Task A_table_that_was_cut_off_says_so_behind_its_rows(TableFormat format)
    {
        var asked = 0;
        var table = MadeTable.New() with { IsCutOff = () => ++asked == 1 };
        var bytes = await MadeTable.BytesAsync(table, format, CancellationToken);
        var last = XDocument.Parse(Encoding.UTF8.GetString(bytes)).Root!.Element(s_vo + "RESOURCE")!.Elements().Last();
        Assert.Equal(
            ("INFO", "QUERY_STATUS", "OVERFLOW"),
            (last.Name.LocalName, last.Attribute("name")!.Value, last.Attribute("value")!.Value)
        );
        using var reader = CatalogFile.Open(new MemoryStream(bytes), "made");
        Assert.Equal(MadeTable.Rows.Length, reader.ReadBatches(cancellationToken: CancellationToken).Sum(b => b.Count));
        Assert.Contains(reader.Warnings, w => w.Contains("OVERFLOW", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Characters_that_XML_cannot_hold_do_not_break_the_document()
    {
        object?[][] rows =
        [
            [1L, "a\0b\u0007c\uFFFEd\ud800", 1.0, 1.0, true, "\r\n"],
        ];
        var text = Encoding.UTF8.GetString(await MadeTable.BytesAsync(MadeTable.New(rows), TableFormat.VoTable, CancellationToken));
        var cells = XDocument.Parse(text, LoadOptions.PreserveWhitespace).Descendants(s_vo + "TD").Select(e => e.Value).ToList();
        Assert.Equal("a\uFFFDb\uFFFDc\uFFFDd\uFFFD", cells[1]);
        Assert.Equal("\r\n", cells[5]);
    }

    [Fact]
    public async Task A_value_of_another_type_is_refused_and_not_written_as_something_else()
    {
        object?[][] rows =
        [
            [1, "an int for a long", 1.0, 1.0, true, ""],
        ];
        foreach (var format in new[] { TableFormat.VoTable, TableFormat.VoTableBinary2, TableFormat.Fits })
            await Assert.ThrowsAsync<InvalidCastException>(() => MadeTable.BytesAsync(MadeTable.New(rows), format, CancellationToken));
    }
}
