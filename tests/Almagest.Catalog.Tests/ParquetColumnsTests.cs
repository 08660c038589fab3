using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Almagest.Testing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Columns of numbers in few bytes, which come back to the last bit.</summary>
public sealed class ParquetColumnsTests : IDisposable
{
    private static readonly CatalogColumn[] s_columns =
    [
        new("id", ColumnType.Int64),
        new("name", ColumnType.Text),
        new("score", ColumnType.Double, "mag", null, "of a star"),
        new("flag", ColumnType.Boolean),
        new("chance", ColumnType.Double),
    ];

    private readonly TestFolder _folder = TestFolder.Create("columns");

    public void Dispose() => _folder.Dispose();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Arrays may be longer than the group: the last row of each is not written.
    private async Task<string> WriteAsync(params (long[] Ids, double[] Scores, bool[] Flags, double[] Chances)[] groups)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.parquet");
        await using var stream = File.Create(path);
        await using var writer = await ParquetColumnsWriter.CreateAsync(
            new ExportTable(s_columns, new() { ["title"] = "scores" }, AsyncEnumerable.Empty<IReadOnlyList<object?[]>>()),
            new HashSet<string> { "chance" },
            stream,
            CancellationToken
        );
        foreach (var (ids, scores, flags, chances) in groups)
            await writer.WriteAsync(
                [ids, ids.Select(id => $"n{id}").ToArray(), scores, flags, chances],
                Math.Max(0, ids.Length - 1),
                CancellationToken
            );
        return path;
    }

    private static List<object?[]> Read(string path)
    {
        using var reader = CatalogFile.Open(path);
        Assert.Equal(s_columns.Select(c => (c.Name, c.Type)), reader.Columns.Select(c => (c.Name, c.Type)));
        Assert.Equal(("mag", "of a star"), (reader.Columns[2].Unit, reader.Columns[2].Description));
        var rows = new List<object?[]>();
        foreach (var batch in reader.ReadBatches(3, CancellationToken))
            for (var i = 0; i < batch.Count; i++)
                rows.Add([
                    ((Int64Vector)batch.Columns[0]).Values[i],
                    ((TextVector)batch.Columns[1]).Values[i],
                    BitConverter.DoubleToInt64Bits(((DoubleVector)batch.Columns[2]).Values[i]),
                    ((BooleanVector)batch.Columns[3]).Values[i],
                    batch.Columns[4].IsNull(i) ? null : ((DoubleVector)batch.Columns[4]).Values[i],
                ]);
        return rows;
    }

    [Fact]
    public async Task Numbers_of_several_groups_come_back_to_the_last_bit()
    {
        // Steps of every width, down as well as up, and the ends of what 64 bits hold.
        var random = new Random(4);
        long[] ids =
        [
            .. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? i : random.NextInt64(long.MinValue, long.MaxValue) >> (i % 63)),
            long.MinValue,
            long.MaxValue,
            -1,
            0,
        ];
        double[] scores = [.. ids.Select(BitConverter.Int64BitsToDouble).Select(v => double.IsFinite(v) ? v : 0.1)];
        bool[] flags = [.. ids.Select(id => id % 3 == 0)];
        double[] chances = [.. ids.Select((_, i) => i % 4 == 0 ? double.NaN : i / 7.0)];
        var path = await WriteAsync((ids, scores, flags, chances), (ids[..7], scores[..7], flags[..7], chances[..7]));
        object?[] Row(int i) =>
            [ids[i], $"n{ids[i]}", BitConverter.DoubleToInt64Bits(scores[i]), flags[i], double.IsNaN(chances[i]) ? null : chances[i]];
        Assert.Equal([.. Enumerable.Range(0, ids.Length - 1).Select(Row), .. Enumerable.Range(0, 6).Select(Row)], Read(path));
    }

    [Fact]
    public async Task A_group_without_rows_makes_a_file_that_is_read() => Assert.Empty(Read(await WriteAsync(([], [], [], []))));

    [Fact]
    public async Task Ids_that_follow_each_other_take_next_to_nothing()
    {
        const int Rows = 20_001;
        long[] ids = [.. Enumerable.Range(0, Rows).Select(i => 7_000_000_000L + i)];
        var zeros = new double[Rows];
        var near = new FileInfo(await WriteAsync((ids, zeros, new bool[Rows], zeros))).Length;
        var far = new FileInfo(await WriteAsync(([.. ids.Select(id => id * 6364136223846793005)], zeros, new bool[Rows], zeros))).Length;
        Assert.True(far - near > 7 * Rows, $"{near} and {far} bytes");
    }
}
