using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>Catalogues of some thousand stars with gaps of every kind, in several layouts, loaded and read where they lie.</summary>
internal static class LyingCatalogue
{
    /// <summary>Parquet of several files, one file with rows that are no stars, HATS, and text for ids.</summary>
    public static readonly string[] Layouts = ["files", "rejected", "hats", "texts", "numbered"];

    private const int Stars = 3_000;

    /// <summary>The same files loaded and registered.</summary>
    public static async Task<(Dataset Loaded, Dataset Lying)> IngestAsync(
        TestLedger test,
        string folder,
        string layout,
        CancellationToken cancellationToken
    )
    {
        var path = await WriteAsync(folder, layout, cancellationToken);
        var ingestor = new CatalogIngestor(test.Ledger);
        var loaded = await ingestor.IngestAsync(
            [path],
            new IngestOptions { DatasetName = $"loaded-{layout}" },
            cancellationToken: cancellationToken
        );
        var lying = await ingestor.IngestAsync(
            [path],
            new IngestOptions
            {
                DatasetName = $"lying-{layout}",
                InPlace = true,
                Force = true,
            },
            cancellationToken: cancellationToken
        );
        return (loaded.Dataset, lying.Dataset);
    }

    /// <returns>the file, or the folder</returns>
    public static async Task<string> WriteAsync(string folder, string layout, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, layout);
        Directory.CreateDirectory(path);
        var rows = Rows(layout);
        switch (layout)
        {
            case "hats":
                return await HatsAsync(path, rows, cancellationToken);
            case "files":
                // In no order, of very different sizes, one of them of stars that are all left out.
                await WriteAsync(Path.Combine(path, "b.parquet"), Columns(layout), rows[..700], cancellationToken);
                await WriteAsync(Path.Combine(path, "a.parquet"), Columns(layout), rows[700..2980], cancellationToken);
                object?[][] dark = [.. rows[2980..].Select(r => (object?[])[r[0], r[1], r[2], .. new object?[7], r[10], r[11]])];
                await WriteAsync(Path.Combine(path, "c.parquet"), Columns(layout), dark, cancellationToken);
                return path;
            default:
                await WriteAsync(Path.Combine(path, "sky.parquet"), Columns(layout), rows, cancellationToken);
                return Path.Combine(path, "sky.parquet");
        }
    }

    private static CatalogColumn[] Columns(string layout) =>
        [
            layout == "numbered" ? new("remark_id", ColumnType.Text)
            : layout == "texts" ? new("source_id", ColumnType.Text)
            : new("source_id", ColumnType.Int64),
            new("ra", ColumnType.Double, "deg"),
            new("dec", ColumnType.Double, "deg"),
            new("parallax", ColumnType.Double, "mas"),
            new("parallax_error", ColumnType.Double, "mas"),
            new("pmra", ColumnType.Double, "mas/yr"),
            new("pmdec", ColumnType.Double, "mas/yr"),
            new("phot_g_mean_mag", ColumnType.Double, "mag"),
            new("bp_rp", ColumnType.Double, "mag"),
            new("pmra_error", ColumnType.Double, "mas/yr"),
            new("nights", ColumnType.Int64),
            new("remark", ColumnType.Text),
        ];

    private static object?[][] Rows(string layout)
    {
        var random = new Random(17);
        double? Some(double least, double most) => random.Next(12) == 0 ? null : least + (most - least) * random.NextDouble();
        return
        [
            .. Enumerable
                .Range(0, Stars)
                .Select(i =>
                    (object?[])
                        [
                            layout is "texts" or "numbered" ? $"HD {i * 7919 % Stars:0000}" : 4_000_000_000_000_000_000 + 7L * i,
                            layout == "rejected" && i % 50 == 3 ? 400.0 : 360 * random.NextDouble(),
                            180 * random.NextDouble() - 90,
                            Some(1, 20),
                            Some(0.01, 0.2),
                            layout == "rejected" && i % 70 == 7 ? double.PositiveInfinity : Some(-30, 30),
                            Some(-30, 30),
                            Some(5, 20),
                            Some(-0.5, 3),
                            Some(0.01, 1),
                            i % 3 == 0 ? null : (long)i,
                            i % 5 == 0 ? null : $"star \"{i}\" é",
                        ]
                ),
        ];
    }

    private static async Task WriteAsync(string path, CatalogColumn[] columns, object?[][] rows, CancellationToken cancellationToken)
    {
        await using var stream = File.Create(path);
        await new ExportTable(columns, [], rows.Chunk(500).ToAsyncEnumerable()).WriteAsync(
            stream,
            TableFormat.Parquet,
            cancellationToken: cancellationToken
        );
    }

    private static async Task<string> HatsAsync(string path, object?[][] rows, CancellationToken cancellationToken)
    {
        object?[][] placed =
        [
            .. rows.Select(r => (object?[])[Healpix.AngToPix(Healpix.MaxOrder, (double)r[1]!, (double)r[2]!), .. r])
                .OrderBy(r => (long)r[0]!),
        ];
        var partition = new HatsPartition(200);
        foreach (var row in placed)
            partition.Add((long)row[0]!);
        var table = new ExportTable(
            [new CatalogColumn(HatsCatalogue.Place, ColumnType.Int64), .. Columns("hats")],
            new() { ["program_version"] = "1" },
            placed.Chunk(300).ToAsyncEnumerable()
        );
        await new HatsCatalogue("sky", table, partition.Finish(), 200) { Ra = "ra", Dec = "dec" }.WriteAsync(
            path,
            cancellationToken: cancellationToken
        );
        return path;
    }
}
