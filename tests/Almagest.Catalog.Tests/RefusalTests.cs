using System.Text;
using Almagest.Catalog.Files;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>What is not a catalogue is refused with what was found and what to do.</summary>
public sealed class RefusalTests
{
    private static string Refusal(byte[] content) => Assert.Throws<CatalogFormatException>(() => Load.Bytes(content)).Message;

    public static TheoryData<string, byte[]> NoCatalogues =>
        new()
        {
            { "is empty", [] },
            { "only blank lines", "\n\n  \n"u8.ToArray() },
            {
                "a web page titled \"404 Not Found\"",
                "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>"u8.ToArray()
            },
            { "a web page", "  <HTML><body>Please log in</body></HTML>"u8.ToArray() },
            { "XML without a VOTABLE", "<?xml version='1.0'?><kml/>"u8.ToArray() },
            { "JSON", "{\"a\": 1}"u8.ToArray() },
            { "Unix compress", [0x1f, 0x9d, 0x90, 1, 2, 3] },
            { "an ASDF file", "#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n"u8.ToArray() },
            { "a picture", [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0] },
            { "a table of LaTeX", "\\begin{table}\n\\begin{tabular}{cc}\nra & dec \\\\\n1 & 2 \\\\\n"u8.ToArray() },
            {
                "a table of DAOPHOT, whose positions are pixels",
                "#K IRAF       = NOAO/IRAF    version    %-23s\n#\n#N ID    XCENTER   YCENTER   MAG\n14 138.5 2.4 15\n"u8.ToArray()
            },
            { "a table of HTML", "<table border=\"1\"><tr><th>ra</th><th>dec</th></tr></table>"u8.ToArray() },
            { "an Arrow or Feather file", "ARROW1\0\0"u8.ToArray() },
            { "JSON", "[[1, 2], [3, 4]]"u8.ToArray() },
            { "ZIP", [0x50, 0x4b, 3, 4, 20, 0] },
            { "bzip2", "BZh91AY"u8.ToArray() },
            { "zero bytes", [65, 66, 0, 67, 10, 1, 2] },
            { "control characters", Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("ab\u0001\u0002,", 50))) },
            { "gzip data inside gzip", Load.Gzip(Load.Gzip("id,ra,dec\n"u8.ToArray())) },
            { "gzip data that holds nothing", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
            {
                "no common number of fields",
                Encoding.ASCII.GetBytes(
                    "Call me Ishmael.\nSome years ago, never mind how long precisely,\nhaving little or no money in my purse, and "
                        + "nothing,\nin particular\nto interest me on shore, I, thought\nI would sail\nabout a little and see the "
                        + "watery part\n"
                )
            },
            { "only comment lines", "# nothing\n# here\n"u8.ToArray() },
            { "no right ascension", "name,dec\nx,1\n"u8.ToArray() },
        };

    [Theory]
    [MemberData(nameof(NoCatalogues))]
    public void Its_content_is_named(string found, byte[] content)
    {
        var message = Refusal(content);
        Assert.Contains(
            found.Replace("no right ascension", "No column for right ascension", StringComparison.Ordinal),
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        var nowhere = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "stars.csv");
        Assert.Contains(
            "There is no file",
            Assert.Throws<CatalogFormatException>(() => CatalogFile.Open(nowhere)).Message,
            StringComparison.Ordinal
        );
        var folder = Directory.CreateTempSubdirectory();
        Assert.Contains(
            "a folder without Parquet files",
            Assert.Throws<CatalogFormatException>(() => CatalogFile.Open(folder.FullName)).Message,
            StringComparison.Ordinal
        );
        folder.Delete();
    }

    [Fact]
    public void Gzip_data_cut_anywhere_is_an_error_and_whole_data_is_not()
    {
        var text = new StringBuilder("id,ra,dec\n");
        for (var i = 1; i <= 400; i++)
            text.Append(i).Append(',').Append(i * 0.7).Append(",-20\n");
        var zipped = Load.Gzip(Encoding.ASCII.GetBytes(text.ToString()));
        Assert.Equal(400, Load.Bytes(zipped).Stars.Count);
        for (var length = 2; length < zipped.Length; length++)
            Assert.Contains("gzip", Refusal(zipped[..length]), StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_data_with_one_changed_bit_never_loads_as_if_it_were_whole()
    {
        var plain = Encoding.ASCII.GetBytes("id,ra,dec\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"{i},{i * 1.7:R},-20\n")));
        var zipped = Load.Gzip(plain);
        var whole = Load.Bytes(zipped).Stars;
        // The first ten bytes are the header, whose time and system do not matter.
        for (var at = 10; at < zipped.Length; at++)
        {
            byte[] damaged = [.. zipped];
            damaged[at] ^= 0x10;
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(damaged));
        }
        Assert.Equal(200, whole.Count);
    }

    [Fact]
    public void Gzip_members_one_after_another_are_one_table()
    {
        byte[] both = [.. Load.Gzip("id,ra,dec\n1,10,20\n"u8.ToArray()), .. Load.Gzip("2,11,21\n"u8.ToArray())];
        Assert.Equal(["1", "2"], Load.Bytes(both).Stars.Select(s => s.Id));
    }

    [Fact]
    public void A_table_of_a_vizier_file_is_chosen_by_name_or_number_and_never_silently_replaced()
    {
        const string Text =
            "#RESOURCE=x\n#Table\tx_stars:\nid;ra;dec\n ;deg;deg\n--;--;---\n1;10;20\n\n#Table\tx_notes:\nid;note\n ;\n--;----\n1;n\n";
        foreach (var wanted in new[] { "x_notes", "2" })
        {
            using var notes = Load.OpenText(Text, new CatalogOpenOptions { Table = wanted });
            Assert.Equal(["id", "note"], notes.Columns.Select(c => c.Name));
            Assert.Equal([12L], Assert.Single(notes.ReadBatches(1, TestContext.Current.CancellationToken)).LineNumber);
        }
        Assert.Contains(
            "1 x_stars, 2 x_notes",
            Assert.Throws<CatalogFormatException>(() => Load.OpenText(Text, new CatalogOpenOptions { Table = "x_more" })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "holds one table",
            Assert
                .Throws<CatalogFormatException>(() => Load.OpenText("id,ra,dec\n1,10,20\n", new CatalogOpenOptions { Table = "2" }))
                .Message,
            StringComparison.Ordinal
        );
        var loaded = Load.Stars(Load.OpenText(Text, new CatalogOpenOptions { Table = "x_stars" }), new StarReaderOptions());
        Assert.Equal(("1", 0), (Assert.Single(loaded.Stars).Id, loaded.Rejected.Count));
        Assert.Contains("x_notes", Assert.Single(loaded.Reader.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_is_read_once()
    {
        using var reader = Load.OpenText("id,ra,dec\n1,10,20\n");
        Assert.Single(reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(() => reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        using var reader = Load.OpenText("id,ra,dec\n1,10,20\n2,10,20\n");
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in reader.ReadBatches(1, source.Token))
                source.Cancel();
        });
    }

    [Fact]
    public void Progress_reaches_the_size_of_the_file()
    {
        var zipped = Load.Gzip("id,ra,dec\n1,10,20\n"u8.ToArray());
        var loaded = Load.Bytes(zipped);
        Assert.Equal((zipped.Length, zipped.Length), (loaded.Reader.BytesRead, loaded.Reader.TotalBytes));
    }
}
