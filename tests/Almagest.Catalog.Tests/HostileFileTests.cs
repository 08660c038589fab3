using System.IO.Compression;
using System.Text;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Files that are cut short at every block, lie about their counts, or swell: one typed error, in bounded memory.</summary>
public sealed class HostileFileTests
{
    /// <summary>Formats that say how long they are, and the length from which on nothing is missing.</summary>
    public static TheoryData<string, int> Whole =>
        new()
        {
            { "formats/fits/small_sky.fits", 2880 },
            { "formats/fits/ascii.fits", 2880 },
            { "formats/fits/table.fits", 2880 },
            { "formats/stilts_converted/pleiades2000.fits-basic.fits.gz", 0 },
            { "formats/parquet/small_sky.parquet", 0 },
            { "formats/parquet/multi_row_group.parquet", 0 },
            { "formats/votable/binary2_masked_strings.xml", 3 },
            { "formats/votable/gaiadr2_pleiades_binary2_96col_310.vot", 3 },
            { "formats/csv_quirks/small_catalog.csv.gz", 0 },
        };

    [Theory]
    [MemberData(nameof(Whole))]
    public void A_file_cut_short_at_any_block_is_an_error(string file, int padding)
    {
        var bytes = File.ReadAllBytes(RealData.File(file));
        var step = Math.Max(1, bytes.Length / 30);
        for (var length = 1; length < bytes.Length - padding; length += step)
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(bytes[..length]));
        for (var block = 512; block < bytes.Length - padding; block += 512 * (1 + bytes.Length / 20_000))
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(bytes[..block]));
    }

    [Fact]
    public void XML_that_is_nested_without_end_is_refused_in_a_fixed_amount_of_memory()
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write("<?xml version='1.0'?><VOTABLE version='1.4'><RESOURCE>"u8);
            var groups = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<GROUP>", 100_000)));
            for (var i = 0; i < 60; i++)
                gzip.Write(groups);
        }
        Assert.True(target.Length < 1 << 20);
        target.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<CatalogFormatException>(() => CatalogFile.Open(target, "nested"));
        Assert.Contains("nested deeper than 100 levels", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.Message.Length, 1, 1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32L << 20);
    }

    [Theory]
    // What is kept whole: one attribute, one name, one text; many attributes of one element; names without end.
    [InlineData("<TABLE><FIELD name='", "a", "a tag of more than")]
    [InlineData("<TABLE><FIELD name=\"it's > ", "a > ", "a tag of more than")]
    [InlineData("<TABLE><", "a", "a tag of more than")]
    [InlineData("<TABLE><FIELD ", "a='1' ", "a tag of more than|duplicate|'a'")]
    [InlineData("<DESCRIPTION>", "a", "a text of more than")]
    [InlineData("<DESCRIPTION><![CDATA[", "<a>", "a text of more than")]
    [InlineData(
        "<TABLE><FIELD name='ra' datatype='double'/><FIELD name='dec' datatype='double'/><DATA><TABLEDATA><TR><TD>",
        "1",
        "longer than"
    )]
    [InlineData("<DESCRIPTION>", "&#97;", "a text of more than")]
    // What is passed over costs nothing.
    [InlineData("<!-- it's ", "a > b <c ", "well-formed")]
    [InlineData("<?x it's ", "a > b <c ", "well-formed")]
    public void XML_of_pieces_without_end_is_refused_in_a_fixed_amount_of_memory(string start, string piece, string because)
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes($"<?xml version='1.0'?><VOTABLE version='1.4'><RESOURCE>{start}"));
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length)));
            for (var i = 0; i < 64; i++)
                gzip.Write(block);
        }
        target.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<CatalogFormatException>(() =>
        {
            using var reader = CatalogFile.Open(target, "endless");
            foreach (var _ in reader.ReadBatches()) { }
        });
        Assert.Contains(because.Split('|'), words => refusal.Message.Contains(words, StringComparison.Ordinal));
        Assert.InRange(refusal.Message.Length, 1, 1000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
    }

    [Fact]
    public void XML_of_names_without_end_is_refused()
    {
        var names = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"<a{i} b{i}='1'/>"));
        var refusal = Assert.Throws<CatalogFormatException>(() =>
            Load.Bytes(Encoding.UTF8.GetBytes($"<VOTABLE version='1.4'><RESOURCE>{names}"))
        );
        Assert.Contains("different names", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_comments_and_instructions_of_a_table_are_no_harm_to_it()
    {
        const string Table = """
            <?xml version='1.0'?><!-- don't > stop <here> --><?style it's > "this" ?>
            <VOTABLE version='1.4'><RESOURCE><DESCRIPTION><![CDATA[a < b ]] > "c' ]]></DESCRIPTION>
            <TABLE><FIELD name='ra' datatype='double' utype="it's > that"/><FIELD name='dec' datatype='double'/>
            <DATA><TABLEDATA><TR><TD>1</TD><TD><!-- ' -->2</TD></TR><TR><TD>3</TD><TD>4</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE>
            </VOTABLE>
            """;
        using var reader = CatalogFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(Table)), "t");
        Assert.Equal(2, reader.ReadBatches().Sum(b => b.Count));
    }

    [Theory]
    [InlineData("<TABLE><FIELD name='ra' datatype='double'><VALUES>")]
    [InlineData("<TABLE><PARAM name='x'><DESCRIPTION>")]
    [InlineData("<TABLE><FIELD name='ra' datatype='double'/><DATA><TABLEDATA><TR><TD>")]
    public void Elements_that_are_nested_without_end_anywhere_are_an_error(string start)
    {
        var text = $"<VOTABLE version='1.4'><RESOURCE>{start}{string.Concat(Enumerable.Repeat("<G>", 100_000))}";
        var refusal = Assert.Throws<CatalogFormatException>(() => Load.Bytes(Encoding.UTF8.GetBytes(text)));
        Assert.InRange(refusal.Message.Length, 1, 1000);
    }

    [Fact]
    public void An_error_in_a_very_long_name_is_a_short_message()
    {
        var text = $"<VOTABLE version='1.4'><RESOURCE><{new string('a', 1_000_000)}></b></RESOURCE></VOTABLE>";
        var refusal = Assert.Throws<CatalogFormatException>(() => Load.Bytes(Encoding.UTF8.GetBytes(text)));
        Assert.InRange(refusal.Message.Length, 1, 1000);
    }

    [Fact]
    public void Gzip_data_that_swells_without_end_is_refused_in_a_fixed_amount_of_memory()
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write("id,ra,dec\n"u8);
            // Comments are passed over quickly.
            var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1,1,1\n#" + new string(' ', 100_000) + "\n", 10)));
            for (var i = 0; i < 300; i++)
                gzip.Write(lines);
        }
        Assert.True(target.Length < 2 << 20);
        target.Position = 0;
        using var reader = CatalogFile.Open(target, "bomb");
        long peak = 0;
        var refusal = Assert.Throws<CatalogFormatException>(() =>
        {
            foreach (var _ in reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken))
                peak = Math.Max(peak, GC.GetTotalMemory(false));
        });
        Assert.Contains("swells", refusal.Message, StringComparison.Ordinal);
        Assert.True(peak < 1L << 30, $"{peak:N0} bytes");
    }

    [Fact]
    public void A_line_without_end_and_a_header_without_end_are_refused()
    {
        Assert.Contains(
            "longer than",
            Assert
                .Throws<CatalogFormatException>(() =>
                    Load.Bytes(Encoding.ASCII.GetBytes("id,ra,dec\n1,2,3\n4," + new string('9', 6 << 20)))
                )
                .Message,
            StringComparison.Ordinal
        );
        var header =
            "SIMPLE  =                    T".PadRight(80) + string.Concat(Enumerable.Repeat("COMMENT nothing".PadRight(80), 36 * 2100));
        Assert.Contains(
            "END",
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(Encoding.ASCII.GetBytes(header))).Message,
            StringComparison.Ordinal
        );
        var deep = "<VOTABLE>" + string.Concat(Enumerable.Repeat("<RESOURCE>", 200_000));
        Assert.Throws<CatalogFormatException>(() => Load.Text(deep));
    }

    /// <summary>Patterns that go back over what they have read take a time that grows with a power of the length.</summary>
    [Theory]
    [InlineData("%\r\n", 200)]
    [InlineData("% a comment   \r\n\r\n", 200)]
    [InlineData("# 1 NAME [[[[[[[[[[[[[[[[[[", 4000)]
    [InlineData("# 1 NAME                    ", 4000)]
    [InlineData("a [                     ", 4000)]
    public void A_beginning_that_repeats_itself_is_judged_at_once(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times)) + "\nid,ra,dec\n1,150,2\n";
        try
        {
            Load.Text(text);
        }
        catch (CatalogFormatException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    [Fact]
    public void Ten_million_rows_take_no_more_memory_than_a_few()
    {
        // Rows come from a stream that is never held: 200,000 here, ten million where ALMAGEST_MANY_ROWS says so.
        var rows = int.TryParse(Environment.GetEnvironmentVariable("ALMAGEST_MANY_ROWS"), out var wanted) ? wanted : 200_000;
        using var reader = CatalogFile.Open(new Rows(rows), "rows");
        long peak = 0,
            read = 0;
        var stars = new StarReader(reader, ColumnMapping.Automatic(reader.Columns).With("ra_deg=ra:deg"));
        foreach (var batch in stars.ReadBatches(TestContext.Current.CancellationToken))
        {
            read += batch.Count;
            if (read % (64 * 8192) == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
        }
        Assert.Equal(rows, read);
        Assert.True(peak < 64 << 20, $"{peak:N0} bytes are alive");
    }

    /// <summary>A CSV of stars, made as it is read.</summary>
    private sealed class Rows(int rows) : Stream
    {
        private byte[] _line = "id,ra,dec,parallax,g\n"u8.ToArray();
        private int _at,
            _row;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var done = 0;
            while (done < count)
            {
                if (_at == _line.Length)
                {
                    if (_row == rows)
                        break;
                    _row++;
                    _line = Encoding.ASCII.GetBytes(
                        FormattableString.Invariant(
                            $"{4000000000000000000L + _row},{_row * 0.0000359 % 360:F7},{_row % 90},{_row % 17 + 0.25},{_row % 21}\n"
                        )
                    );
                    _at = 0;
                }
                var part = Math.Min(count - done, _line.Length - _at);
                Array.Copy(_line, _at, buffer, offset + done, part);
                done += part;
                _at += part;
            }
            return done;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
