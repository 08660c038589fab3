using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Sky;
using Parquet;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>
/// Folders that we write as HATS catalogues, by the rules that the HATS project's own validation has (<c>hats.io.validation</c>, strict):
/// properties with the keys that are required, <c>_common_metadata</c>, and the same cells in <c>partition_info.csv</c> as in the files.
/// </summary>
public sealed class HatsCatalogueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("almagest-hats-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static (double Ra, double Dec)[] Sky(int field, int everywhere)
    {
        var random = new Random(7);
        return
        [
            .. Enumerable.Range(0, field).Select(_ => (random.NextDouble() * 2, -1 + random.NextDouble() * 2)),
            .. Enumerable
                .Range(0, everywhere)
                .Select(_ => (random.NextDouble() * 360, Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI)),
        ];
    }

    private async Task<HatsCatalogue> WriteAsync((double Ra, double Dec)[] stars, int mostRows)
    {
        object?[][] rows =
        [
            .. stars
                .Select((s, i) => (object?[])[Healpix.AngToPix(29, s.Ra, s.Dec), $"{i}", s.Ra, s.Dec, i % 3 == 0 ? null : 0.5 * i])
                .OrderBy(r => (long)r[0]!),
        ];
        var partition = new HatsPartition(mostRows);
        foreach (var row in rows)
            partition.Add((long)row[0]!);
        CatalogColumn[] columns =
        [
            new(HatsCatalogue.Place, ColumnType.Int64),
            new("source_id", ColumnType.Text),
            new("ra_deg", ColumnType.Double, "deg"),
            new("dec_deg", ColumnType.Double, "deg"),
            new("score", ColumnType.Double),
        ];
        var table = new ExportTable(columns, new JsonObject { ["program_version"] = "1" }, rows.Chunk(17).ToAsyncEnumerable())
        {
            IntegerIds = new HashSet<string> { "source_id" },
        };
        var catalogue = new HatsCatalogue("test", table, partition.Finish(), mostRows);
        await catalogue.WriteAsync(_folder, cancellationToken: CancellationToken);
        return catalogue;
    }

    private async Task<List<(int Order, long Pixel, long[] Places)>> FilesAsync()
    {
        var files = new List<(int, long, long[])>();
        foreach (var file in Directory.EnumerateFiles(_folder, "Npix=*", SearchOption.AllDirectories))
        {
            var parts = Path.GetRelativePath(Path.Combine(_folder, "dataset"), file).Split(Path.DirectorySeparatorChar);
            long[] numbers = [.. parts.Select(p => long.Parse(p.Split('=')[1].Split('.')[0], CultureInfo.InvariantCulture))];
            Assert.Equal($"Norder={numbers[0]}/Dir={numbers[2] / 10000 * 10000}/Npix={numbers[2]}.parquet", string.Join('/', parts));
            await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: CancellationToken);
            var places = new List<long>();
            for (var g = 0; g < reader.RowGroupCount; g++)
            {
                using var group = reader.OpenRowGroupReader(g);
                var values = new long?[group.RowCount];
                await group.ReadAsync<long>(reader.Schema.DataFields[0], values, cancellationToken: CancellationToken);
                places.AddRange(values.Select(v => v!.Value));
            }
            files.Add(((int)numbers[0], numbers[2], [.. places]));
        }
        return files;
    }

    [Theory]
    [InlineData(3000, 2000, 100)]
    [InlineData(500, 0, 1)]
    [InlineData(50, 0, 1_000_000)]
    public async Task Each_row_is_in_the_largest_cell_that_holds_no_more_rows_than_are_allowed(int field, int everywhere, int mostRows)
    {
        var stars = Sky(field, everywhere);
        var catalogue = await WriteAsync(stars, mostRows);
        long[] all = [.. stars.Select(s => Healpix.AngToPix(29, s.Ra, s.Dec)).Order()];
        var files = await FilesAsync();

        Assert.Equal(
            catalogue.Pixels.Select(p => (p.Order, p.Pixel, p.Rows)).Order(),
            files.Select(f => (f.Order, f.Pixel, (long)f.Places.Length)).Order()
        );
        Assert.Equal(all, files.SelectMany(f => f.Places).Order());
        foreach (var (order, pixel, places) in files)
        {
            Assert.Equal(places.Order(), places);
            Assert.InRange(places.Length, 1, mostRows);
            Assert.All(places, p => Assert.Equal(pixel, Healpix.Parent(p, 29 - order)));
            if (order > 0)
                Assert.True(all.Count(p => Healpix.Parent(p, 30 - order) == Healpix.Parent(pixel)) > mostRows);
        }
    }

    [Fact]
    public async Task Rows_of_one_place_stay_in_one_cell_however_many_they_are()
    {
        (double, double)[] stars = [.. Enumerable.Repeat((10.0, 10.0), 25), (10.000001, 10.0), (200.0, -40.0)];
        var catalogue = await WriteAsync(stars, 10);
        var crowded = Assert.Single(catalogue.Pixels, p => p.Rows > 10);
        Assert.Equal((29, 25L), (crowded.Order, crowded.Rows));
        Assert.Equal(27, catalogue.Pixels.Sum(p => p.Rows));
        Assert.Equal(catalogue.Pixels.Count, catalogue.Pixels.Select(p => p.Places.First).Distinct().Count());
        Assert.Equal(27, (await FilesAsync()).Sum(f => f.Places.Length));
    }

    [Fact]
    public async Task Properties_partitions_and_schema_say_what_the_files_hold()
    {
        var catalogue = await WriteAsync(Sky(400, 300), 50);
        var properties = File.ReadAllLines(Path.Combine(_folder, "hats.properties"))
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split('=', 2))
            .ToDictionary(l => l[0], l => l[1]);
        // TableProperties of hats: required of an object catalogue.
        Assert.Equal(
            ("test", "object", "700", "ra_deg", "dec_deg"),
            (
                properties["obs_collection"],
                properties["dataproduct_type"],
                properties["hats_nrows"],
                properties["hats_col_ra"],
                properties["hats_col_dec"]
            )
        );
        Assert.Equal(
            ("_healpix_29", "29", ".parquet", "50"),
            (
                properties["hats_col_healpix"],
                properties["hats_col_healpix_order"],
                properties["hats_npix_suffix"],
                properties["hats_max_rows"]
            )
        );
        Assert.Equal($"{catalogue.Pixels.Max(p => p.Order)}", properties["hats_order"]);
        var partitions = File.ReadAllLines(Path.Combine(_folder, "partition_info.csv"));
        Assert.Equal("Norder,Npix", partitions[0]);
        var files = await FilesAsync();
        Assert.Equal(files.Select(f => $"{f.Order},{f.Pixel}").Order(), partitions[1..].Order());
        await using var schema = await ParquetReader.CreateAsync(
            Path.Combine(_folder, "dataset", "_common_metadata"),
            cancellationToken: CancellationToken
        );
        Assert.Equal(0, schema.RowGroupCount);
        foreach (var file in Directory.EnumerateFiles(_folder, "Npix=*", SearchOption.AllDirectories))
        {
            await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: CancellationToken);
            Assert.Equal(schema.Schema.DataFields, reader.Schema.DataFields);
        }
        Assert.Equal([typeof(long), typeof(long), typeof(double)], schema.Schema.DataFields[..3].Select(f => f.ClrType));
    }

    [Fact]
    public async Task It_is_read_again_as_a_catalogue()
    {
        await WriteAsync(Sky(300, 300), 40);
        using var table = CatalogFile.Open(_folder);
        Assert.Equal("HATS catalogue", table.Format);
        var mapping = ColumnMapping.Automatic(table.Columns);
        Assert.Equal(("ra_deg", "dec_deg"), (mapping[StarField.RaDeg]!.Formula, mapping[StarField.DecDeg]!.Formula));
        Assert.Equal(600, table.ReadBatches(cancellationToken: CancellationToken).Sum(b => b.Count));
    }

    [Fact]
    public async Task A_table_that_has_changed_since_it_was_divided_is_not_written_as_if_it_had_not()
    {
        var stars = Sky(100, 0);
        object?[][] rows = [.. stars.Select(s => (object?[])[Healpix.AngToPix(29, s.Ra, s.Dec), s.Ra, s.Dec]).OrderBy(r => (long)r[0]!)];
        var partition = new HatsPartition(10);
        foreach (var row in rows)
            partition.Add((long)row[0]!);
        var pixels = partition.Finish();
        CatalogColumn[] columns =
        [
            new(HatsCatalogue.Place, ColumnType.Int64),
            new("ra_deg", ColumnType.Double),
            new("dec_deg", ColumnType.Double),
        ];
        foreach (var other in (object?[][][])[rows[..^1], rows[1..], [.. rows, [Healpix.AngToPix(29, 300, 40), 300.0, 40.0]]])
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{other.Length}{other[0][1]}")).FullName;
            var table = new ExportTable(columns, [], other.Chunk(7).ToAsyncEnumerable());
            await Assert.ThrowsAsync<InvalidDataException>(() =>
                new HatsCatalogue("test", table, pixels, 10).WriteAsync(folder, cancellationToken: CancellationToken)
            );
        }
        Assert.Throws<InvalidOperationException>(() =>
        {
            var backwards = new HatsPartition(1);
            backwards.Add(5);
            backwards.Add(4);
        });
    }
}
