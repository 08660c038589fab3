using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Almagest.Catalog.Writing;
using Almagest.Sky;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>The system and the epoch of positions, as exports say them and as they are read back.</summary>
public sealed class PositionEpochTests
{
    private static ExportTable Table(double? epoch, params CatalogColumn[] further)
    {
        CatalogColumn[] columns =
        [
            new("source_id", ColumnType.Text, Ucd: "meta.id;meta.main"),
            new("ra_deg", ColumnType.Double, "deg", "pos.eq.ra;meta.main"),
            new("dec_deg", ColumnType.Double, "deg", "pos.eq.dec;meta.main"),
            .. further,
        ];
        object?[] row = ["1", 10.5, -20.25, .. further.Select(_ => (object?)11.5)];
        var provenance = new JsonObject
        {
            ["dataset"] = new JsonObject { ["name"] = "a", ["reference_epoch"] = epoch },
        };
        return new ExportTable(columns, provenance, new[] { (IReadOnlyList<object?[]>)[row] }.ToAsyncEnumerable());
    }

    private static Task<byte[]> BytesAsync(ExportTable table, TableFormat format) =>
        MadeTable.BytesAsync(table, format, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(TableFormat.VoTable)]
    [InlineData(TableFormat.VoTableBinary2)]
    [InlineData(TableFormat.Fits)]
    [InlineData(TableFormat.Ecsv)]
    [InlineData(TableFormat.Parquet)]
    public async Task Every_format_with_metadata_says_both_and_a_load_reads_them(TableFormat format)
    {
        foreach (var epoch in new double?[] { 2016, 1991.25, 2015.5, 1875.123456, null })
        {
            var loaded = Load.Bytes(await BytesAsync(Table(epoch), format));
            Assert.Equal((SkyFrame.Icrs, epoch), (loaded.Mapping.System!.Frame, loaded.Mapping.System.Epoch));
            Assert.Equal("ICRS", loaded.Reader.Columns[1].System?.Name);
            Assert.Equal(epoch ?? double.NaN, loaded.Stars[0].Epoch);
        }
    }

    [Theory]
    [InlineData(TableFormat.VoTable, "COOSYS")]
    [InlineData(TableFormat.Fits, "RADESYS")]
    [InlineData(TableFormat.Ecsv, "reference_frame")]
    public async Task A_table_without_positions_says_neither(TableFormat format, string word)
    {
        var table = new ExportTable(
            [new("n", ColumnType.Int64, Ucd: "meta.number")],
            new JsonObject { ["dataset"] = new JsonObject { ["reference_epoch"] = 2016 } },
            new[]
            {
                (IReadOnlyList<object?[]>)
                    [
                        [1L],
                    ],
            }.ToAsyncEnumerable()
        );
        Assert.DoesNotContain(word, Encoding.UTF8.GetString(await BytesAsync(table, format)), StringComparison.Ordinal);
        Assert.Contains(word, Encoding.UTF8.GetString(await BytesAsync(Table(2016), format)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Positions_as_a_file_has_them_are_not_said_to_be_of_the_system()
    {
        var table = Table(2016, new CatalogColumn("RA1950", ColumnType.Double, "deg", "pos.eq.ra")) with
        {
            AsInFile = new HashSet<string> { "RA1950" },
        };
        var fields = XDocument
            .Parse(Encoding.UTF8.GetString(await BytesAsync(table, TableFormat.VoTable)))
            .Descendants()
            .Where(e => e.Name.LocalName == "FIELD");
        Assert.Equal([null, "icrs", "icrs", null], fields.Select(f => f.Attribute("ref")?.Value));
        // Alone they are no reason to speak of a system.
        table = table with
        {
            AsInFile = new HashSet<string> { "ra_deg", "dec_deg", "RA1950" },
        };
        Assert.DoesNotContain("COOSYS", Encoding.UTF8.GetString(await BytesAsync(table, TableFormat.VoTable)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Besselian_epochs_of_FITS_are_read()
    {
        var header = Encoding.Latin1.GetString(await BytesAsync(Table(1983.5), TableFormat.Fits));
        Assert.Contains("JEPOCH  =               1983.5 / Julian year of the positions", header, StringComparison.Ordinal);
        var bytes = Encoding.Latin1.GetBytes(header.Replace("JEPOCH  =", "BEPOCH  =", StringComparison.Ordinal));
        Assert.Equal(PositionSystem.BesselianToJulian(1983.5), Load.Bytes(bytes).Mapping.System!.Epoch!.Value, 9);
    }
}
