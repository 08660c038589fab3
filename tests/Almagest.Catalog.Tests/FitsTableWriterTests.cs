using System.Text;
using Almagest.Catalog.Writing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Tables as FITS binary tables.</summary>
public sealed class FitsTableWriterTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static List<string> Cards(byte[] bytes) =>
        [.. Enumerable.Range(0, bytes.Length / 80).Select(i => Encoding.Latin1.GetString(bytes, i * 80, 80))];

    [Fact]
    public async Task Every_number_and_every_word_about_a_column_comes_back_equal()
    {
        var rows = MadeTable.Read(await MadeTable.BytesAsync(MadeTable.New(), TableFormat.Fits, CancellationToken), out var columns);
        Assert.Equal(MadeTable.Columns.Select(c => c with { System = new CoordinateSystem("ICRS") }), columns);
        Assert.Equal(MadeTable.Expected(MadeTable.Rows).Select(r => r[..5]), rows.Select(r => r[..5]));
        Assert.Equal(MadeTable.Expected(MadeTable.Rows).Select(r => r[5]), rows.Select(r => r[5]));
    }

    [Fact]
    public async Task Texts_that_FITS_cannot_hold_are_said_to_be_changed()
    {
        var cards = Cards(await MadeTable.BytesAsync(MadeTable.New(), TableFormat.Fits, CancellationToken));
        Assert.Contains(cards, c => c.StartsWith("COMMENT note: 2 texts had characters beyond printable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Identifiers_that_differ_beyond_ASCII_stay_apart_and_come_back()
    {
        string[] ids = ["α Cen", "β Cen", "? Cen", @"\u03b1 Cen", "星 1", "星 2", @"\ back", "tab\t1", "tab 1", "😀"];
        var table = MadeTable.New(ids.Select(id => new object?[] { 1L, id, 1.0, 2.0, true, null }));
        var bytes = await MadeTable.BytesAsync(table, TableFormat.Fits, CancellationToken);
        Assert.Equal(ids, MadeTable.Read(bytes, out _).Select(r => r[1]));
        var cards = Cards(bytes);
        Assert.Contains(cards, c => c.StartsWith("TXTESC  = 'JSON", StringComparison.Ordinal));
        // For readers that know nothing of it they are still of one shape each.
        var rows = Encoding.ASCII.GetString(bytes);
        Assert.Contains(@"\u03b1 Cen", rows, StringComparison.Ordinal);
        Assert.Contains(@"\u005cu03b1 Cen", rows, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_description_goes_on_over_several_cards_with_its_quotes_whole()
    {
        var cards = Cards(await MadeTable.BytesAsync(MadeTable.New(), TableFormat.Fits, CancellationToken));
        var first = cards.FindIndex(c => c.StartsWith("TCOMM3  = '", StringComparison.Ordinal));
        var value = cards[first][11..].TrimEnd();
        for (var next = first + 1; value.EndsWith("&'", StringComparison.Ordinal); next++)
        {
            Assert.StartsWith("CONTINUE  '", cards[next], StringComparison.Ordinal);
            value = value[..^2] + cards[next][11..].TrimEnd();
        }
        Assert.Equal(MadeTable.Columns[2].Description, value[..^1].Replace("''", "'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(120_000)]
    public async Task Tables_of_any_length_are_whole_blocks_whose_checksums_are_right(int count)
    {
        // The longest one outgrows memory and waits in a file.
        var made = Enumerable
            .Range(0, count)
            .Select(i =>
                new object?[]
                {
                    i % 5 == 0 ? null : (long)i,
                    $"id {i}",
                    i * 0.1,
                    i % 7 == 0 ? null : (double)i,
                    i % 3 == 0 ? null : i % 2 == 0,
                    new string('x', i % 11 + 1),
                }
            )
            .ToList();
        var bytes = await MadeTable.BytesAsync(MadeTable.New(made, 1000), TableFormat.Fits, CancellationToken);
        Assert.Equal(0, bytes.Length % 2880);
        Assert.Equal(made, MadeTable.Read(bytes, out _, 1000));
        // Both HDUs add up to minus zero (FITS standard 4.0, section 4.4.2.7).
        var table = 2880;
        while (!Encoding.Latin1.GetString(bytes, table, 8).StartsWith("XTENSION", StringComparison.Ordinal))
            table += 2880;
        foreach (var unit in new[] { bytes[..table], bytes[table..] })
        {
            var sum = new FitsSum();
            sum.Add(unit);
            Assert.Equal(uint.MaxValue, sum.Value);
        }
    }

    [Fact]
    public async Task The_mark_of_a_missing_integer_is_one_that_the_column_does_not_hold()
    {
        object?[][] rows =
        [
            [long.MinValue, "", 1.0, 1.0, true, ""],
            [long.MinValue + 2, "", 1.0, 1.0, true, ""],
            [null, "", 1.0, 1.0, true, ""],
        ];
        var bytes = await MadeTable.BytesAsync(MadeTable.New(rows), TableFormat.Fits, CancellationToken);
        Assert.Contains(Cards(bytes), c => c.StartsWith("TNULL1  = -9223372036854775807 ", StringComparison.Ordinal));
        Assert.Equal([long.MinValue, long.MinValue + 2, null], MadeTable.Read(bytes, out _).Select(r => r[0]));
    }

    [Fact]
    public async Task A_table_whose_rows_fail_to_come_has_not_begun()
    {
        static async IAsyncEnumerable<IReadOnlyList<object?[]>> Broken()
        {
            yield return MadeTable.Rows;
            await Task.Yield();
            throw new TimeoutException("the database went away");
        }
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<TimeoutException>(() =>
            (MadeTable.New() with { Batches = Broken() }).WriteAsync(stream, TableFormat.Fits, cancellationToken: CancellationToken)
        );
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public async Task The_rows_kept_aside_leave_no_file_behind()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "almagest-*.rows").ToHashSet();
        var during = 0;
        async IAsyncEnumerable<IReadOnlyList<object?[]>> Many()
        {
            for (var i = 0; i < 60; i++)
            {
                await Task.Yield();
                during = Math.Max(during, Directory.GetFiles(Path.GetTempPath(), "almagest-*.rows").Count(f => !before.Contains(f)));
                yield return [.. Enumerable.Range(0, 2000).Select(n => new object?[] { (long)n, "id", 1.0, 2.0, true, "x" })];
            }
        }
        var bytes = await MadeTable.BytesAsync(MadeTable.New() with { Batches = Many() }, TableFormat.Fits, CancellationToken);
        Assert.InRange(bytes.Length, 3_000_000, 6_000_000);
        // Where the system unlinks at once none is seen; nowhere does one stay.
        Assert.InRange(during, 0, 1);
        Assert.DoesNotContain(Directory.GetFiles(Path.GetTempPath(), "almagest-*.rows"), f => !before.Contains(f));
    }
}
