using System.Text.Json.Nodes;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;

namespace Almagest.Catalog.Tests;

/// <summary>A small table with what formats lose: the largest integers, numbers of 17 digits, missing values, texts with every
/// trap.</summary>
internal static class MadeTable
{
    public static readonly CatalogColumn[] Columns =
    [
        new("star_id", ColumnType.Int64, Ucd: "meta.id", Description: "a number"),
        new("source_id", ColumnType.Text, Ucd: "meta.id;meta.main"),
        new(
            "ra_deg",
            ColumnType.Double,
            "deg",
            "pos.eq.ra;meta.main",
            "right ascension <ICRS> & \"so on\", which takes more than one card of a FITS header to say, it's so long"
        ),
        new("pm", ColumnType.Double, "mas/yr", "pos.pm"),
        new("near", ColumnType.Boolean),
        new("note", ColumnType.Text, Description: "words of a user"),
    ];

    public static readonly object?[][] Rows =
    [
        [long.MaxValue, "4657994321463473792", 1.0 / 3, -1e-300, true, "a <b> & \"c\" ]]> d"],
        [long.MinValue + 1, "4657994321463473793", double.MaxValue, double.PositiveInfinity, false, "été 星 😀 Ångström"],
        [null, null, double.NaN, null, null, null],
        [0L, "x", 359.99999999999994, 5e-324, null, "tab\tand\nline"],
        [-1L, "Gaia DR3 1", -0.0, double.NegativeInfinity, true, "it's 'quoted'"],
    ];

    public static JsonObject Provenance() =>
        new()
        {
            ["title"] = "Été \"star\" & <list>",
            ["run_id"] = "0199",
            ["seed"] = 42,
            ["nothing"] = null,
            ["exported_at"] = "2026-11-22T10:20:30.5Z",
            ["parameters"] = new JsonObject
            {
                ["eps"] = 0.2,
                ["words"] = "it's so long that the header of a FITS file has to tell it on more than one of its cards of eighty characters",
            },
        };

    public static ExportTable New(IEnumerable<object?[]>? rows = null, int batch = 2) =>
        new(Columns, Provenance(), (rows ?? Rows).Chunk(batch).ToAsyncEnumerable())
        {
            Name = "stars",
            Unicode = new HashSet<string> { "note" },
        };

    public static async Task<byte[]> BytesAsync(ExportTable table, TableFormat format, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        await table.WriteAsync(stream, format, cancellationToken: cancellationToken);
        return stream.ToArray();
    }

    /// <summary>The rows as the package's own reader finds them.</summary>
    public static List<object?[]> Read(byte[] bytes, out IReadOnlyList<CatalogColumn> columns, int batch = 3)
    {
        using var reader = CatalogFile.Open(new MemoryStream(bytes), "made");
        columns = reader.Columns;
        var rows = new List<object?[]>();
        foreach (var read in reader.ReadBatches(batch))
            for (var row = 0; row < read.Count; row++)
                rows.Add([.. read.Columns.Select(c => Value(c, row))]);
        return rows;
    }

    private static object? Value(CatalogVector vector, int row) =>
        vector.IsNull(row)
            ? null
            : vector switch
            {
                Int64Vector whole => whole.Values[row],
                DoubleVector number => number.Values[row],
                BooleanVector truth => truth.Values[row],
                TextVector text => text.Values[row],
                _ => throw new InvalidOperationException(),
            };

    /// <summary>NaN and null are both "missing" in every format.</summary>
    public static IEnumerable<object?[]> Expected(IEnumerable<object?[]> rows) =>
        rows.Select(r => r.Select(v => v is double.NaN ? null : v).ToArray());
}
