using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Writing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Folders of Parquet files, as HATS lays catalogues out.</summary>
public sealed class HatsFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("almagest-hats-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private async Task WriteAsync(string path, ColumnType ids, params object?[][] rows)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        CatalogColumn[] columns = [new("id", ids), new("ra", ColumnType.Double), new("dec", ColumnType.Double)];
        await using var stream = File.Create(file);
        await new ExportTable(columns, [], rows.Chunk(2).ToAsyncEnumerable()).WriteAsync(
            stream,
            TableFormat.Parquet,
            cancellationToken: CancellationToken
        );
    }

    private void Say(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllText(Path.Combine(_folder, path), text);
    }

    private static List<string?> Ids(string folder)
    {
        using var table = CatalogFile.Open(folder);
        var ids = new List<string?>();
        foreach (var batch in table.ReadBatches())
            for (var i = 0; i < batch.Count; i++)
                ids.Add(
                    batch.Columns[0].Misfit(i)
                        ?? batch.Columns[0] switch
                        {
                            Int64Vector whole => whole.HasValue[i] ? $"{whole.Values[i]}" : null,
                            TextVector text => text.Values[i],
                            DoubleVector real => FormattableString.Invariant($"{real.Values[i]:R}"),
                            _ => "?",
                        }
                );
        return ids;
    }

    [Fact]
    public async Task Columns_that_only_the_names_of_folders_hold_are_told()
    {
        await WriteAsync("kind=a/ra=1/data.parquet", ColumnType.Int64, [1L, 1.0, 20.0]);
        await WriteAsync("kind=b/ra=2/data.parquet", ColumnType.Int64, [2L, 2.0, 20.0]);
        using var table = CatalogFile.Open(_folder);
        Assert.StartsWith(
            "Columns that only the names of the folders hold, as in 'kind=…', were not read: kind.",
            Assert.Single(table.Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_a_collection_the_catalogue_is_read_and_neither_its_margin_nor_its_statistics()
    {
        Say("collection.properties", "obs_collection=c\nhats_primary_table_url=stars\nall_margins=margin\n");
        Say("stars/hats.properties", "hats_col_ra=ra\nhats_col_dec=dec\n");
        await WriteAsync("stars/dataset/Norder=0/Dir=0/Npix=1.parquet", ColumnType.Int64, [1L, 10.0, 20.0]);
        await WriteAsync("stars/dataset/Norder=0/Dir=0/Npix=10.parquet", ColumnType.Int64, [2L, 11.0, 21.0]);
        await WriteAsync("stars/per_partition_statistics.parquet", ColumnType.Text, ["no star", 1.0, 2.0]);
        await WriteAsync("margin/dataset/Norder=0/Dir=0/Npix=1.parquet", ColumnType.Int64, [2L, 11.0, 21.0]);
        Assert.Equal(["1", "2"], Ids(_folder));
        Assert.Equal(["1", "2"], Ids(Path.Combine(_folder, "stars")));
        File.Delete(Path.Combine(_folder, "collection.properties"));
        var error = Assert.Throws<CatalogFormatException>(() => Ids(_folder));
        Assert.Contains("holds 2 HATS catalogues: margin, stars", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("inner/../../other")]
    [InlineData("/absolute")]
    public async Task A_collection_leads_to_no_folder_but_its_own(string elsewhere)
    {
        await WriteAsync("other/dataset/Norder=0/Dir=0/Npix=1.parquet", ColumnType.Int64, [666L, 10.0, 20.0]);
        await WriteAsync("collection/inner/Norder=0/Dir=0/Npix=1.parquet", ColumnType.Int64, [1L, 10.0, 20.0]);
        var named = elsewhere == "/absolute" ? Path.Combine(_folder, "other") : elsewhere;
        Say("collection/collection.properties", $"hats_primary_table_url={named}\n");
        Assert.Equal(["1"], Ids(Path.Combine(_folder, "collection")));
        Assert.Equal(["1"], Ids(Path.Combine(_folder, "collection") + Path.DirectorySeparatorChar));
    }

    [Fact]
    public async Task Partitions_may_store_the_same_numbers_in_other_types_and_no_digit_is_lost()
    {
        await WriteAsync("Norder=0/Dir=0/Npix=1.parquet", ColumnType.Int64, [4657994321463473793L, 10.0, 20.0], [null, 10.0, 20.0]);
        await WriteAsync("Norder=0/Dir=0/Npix=2.parquet", ColumnType.Double, [5.0, 10.0, 20.0], [null, 1.0, 2.0], [0.5, 1.0, 2.0]);
        Assert.Equal(["4657994321463473793", null, "5", null, "0.5"], Ids(_folder));

        Directory.Delete(Path.Combine(_folder, "Norder=0"), recursive: true);
        await WriteAsync("Norder=0/Dir=0/Npix=1.parquet", ColumnType.Double, [0.5, 10.0, 20.0]);
        await WriteAsync("Norder=0/Dir=0/Npix=2.parquet", ColumnType.Int64, [4657994321463473793L, 10.0, 20.0], [7L, 1.0, 2.0]);
        Assert.Equal(["0.5", "4657994321463473793", "7"], Ids(_folder));

        await WriteAsync("Norder=0/Dir=0/Npix=3.parquet", ColumnType.Text, ["a", 10.0, 20.0]);
        var error = Assert.Throws<CatalogFormatException>(() => Ids(_folder));
        Assert.Contains("has no column 'id' of type Double", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_first_rows_hold_is_known_of_Parquet_and_the_rows_are_whole_afterwards()
    {
        await WriteAsync("one.parquet", ColumnType.Int64, [3L, 10.0, 20.0], [4L, -1.0, 30.0], [null, 2.0, 40.0]);
        foreach (var path in new[] { _folder, Path.Combine(_folder, "one.parquet") })
        {
            using (var table = CatalogFile.Open(path))
            {
                Assert.Equal(new ColumnGlance(3, true, 1, 3, 4, false), table.Columns[0].Glance);
                Assert.Equal(new ColumnGlance(3, true, 0, -1, 10, false), table.Columns[1].Glance);
                Assert.NotNull(ColumnMapping.Automatic(table.Columns)[StarField.RaDeg]);
            }
            Assert.Equal(["3", "4", null], Ids(path));
        }
    }
}
