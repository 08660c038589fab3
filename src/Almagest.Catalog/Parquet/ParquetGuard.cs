using System.Buffers.Binary;
using Parquet.Meta;

namespace Almagest.Catalog.Parquet;

/// <summary>
/// Checks what a Parquet file declares of itself before the library that reads it believes it: sizes and counts that the bytes of the file
/// cannot hold are an error and never an allocation (https://parquet.apache.org/docs/file-format/).
/// </summary>
internal static class ParquetGuard
{
    /// <summary>The largest footer: some thousand columns in some thousand row groups.</summary>
    private const int MaxFooter = 256 << 20;

    private const long MaxGroupBytes = 3L << 30;
    private const long MaxPageBytes = 512L << 20;

    /// <param name="halves">the elements of the schema that are floats of 16 bits</param>
    /// <returns>the stream as the library can read it</returns>
    /// <exception cref="CatalogFormatException">there is no whole footer</exception>
    public static Stream CheckFooter(Stream stream, out IReadOnlyList<int> halves)
    {
        var length = stream.Length;
        if (length < 12)
            throw Damaged("it ends before its footer");
        Span<byte> tail = stackalloc byte[8];
        Read(stream, length - 8, tail);
        if (tail[4..].SequenceEqual("PARE"u8))
            throw new CatalogFormatException("The Parquet file is encrypted. Write it without encryption.");
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw Damaged("it does not end with a footer");
        long footer = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (footer > length - 12)
            throw Damaged($"its footer declares {footer:N0} bytes, more than the file has");
        if (footer > MaxFooter)
            throw Damaged($"its footer takes {footer:N0} bytes, more than {MaxFooter:N0}");
        var bytes = new byte[footer];
        Read(stream, length - 8 - footer, bytes);
        var walker = new ThriftWalker(bytes);
        if (walker.Walk(ParquetThrift.FileMetaData) < 0)
            throw Damaged("its footer is not as the Parquet format 2.11 describes it");
        stream.Position = 0;
        halves = walker.Halves;
        if (walker.NewTypes.Count == 0)
            return stream;
        var kept = new List<byte>(bytes.Length);
        var at = 0;
        foreach (var (from, to) in walker.NewTypes)
        {
            kept.AddRange(bytes.AsSpan(at, from - at));
            at = to;
        }
        kept.AddRange(bytes.AsSpan(at));
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, kept.Count);
        kept.AddRange(size);
        kept.AddRange("PAR1"u8);
        return new FooterStream(stream, length - 8 - footer, [.. kept]);
    }

    /// <summary>Checks one row group as the footer describes it and as its pages say.</summary>
    /// <param name="wanted">the column chunks that will be read</param>
    /// <exception cref="CatalogFormatException">it cannot be as it says, or would not fit the memory</exception>
    public static void CheckGroup(Stream stream, RowGroup group, IReadOnlyList<ColumnChunk> wanted)
    {
        if (group.NumRows < 0)
            throw Damaged($"a row group declares {group.NumRows} rows");
        long total = 0;
        foreach (var chunk in wanted)
        {
            var about = chunk.MetaData ?? throw Damaged("a column has no description");
            if (chunk.FilePath is { Length: > 0 })
                throw new CatalogFormatException(
                    "The Parquet file is an index whose rows are in other files (such as _metadata of a HATS catalogue). Name its "
                        + "folder, or the file with the rows."
                );
            if (about.NumValues < 0 || about.TotalUncompressedSize < 0)
                throw Damaged("a column declares a negative size");
            total += Math.Max(about.TotalUncompressedSize, about.NumValues * 8);
            if (total > MaxGroupBytes || about.NumValues > int.MaxValue / 8)
                throw new CatalogFormatException(
                    $"A row group of the Parquet file would take more than {MaxGroupBytes >> 30} GiB of memory ({group.NumRows:N0} "
                        + $"rows). Write it with smaller row groups, for instance row_group_size=100_000."
                );
            CheckPages(stream, about);
        }
    }

    /// <summary>Walks the page headers of a column chunk.</summary>
    private static void CheckPages(Stream stream, ColumnMetaData about)
    {
        var at = about.DictionaryPageOffset is > 0 and { } dictionary ? Math.Min(dictionary, about.DataPageOffset) : about.DataPageOffset;
        var end = at + about.TotalCompressedSize;
        if (at < 4 || about.TotalCompressedSize < 0 || end > stream.Length)
            throw Damaged("a column lies outside the file");
        var buffer = new byte[16 * 1024];
        long values = 0,
            size = 0;
        while (at < end && values < about.NumValues)
        {
            var length = (int)Math.Min(buffer.Length, end - at);
            Read(stream, at, buffer.AsSpan(0, length));
            var header = new ThriftWalker(buffer.AsSpan(0, length));
            var taken = header.Walk(ParquetThrift.PageHeader);
            if (taken < 0 && length == buffer.Length && buffer.Length < 4 << 20)
            {
                // Statistics of long texts make long headers.
                buffer = new byte[buffer.Length * 8];
                continue;
            }
            var numbers = header.Numbers;
            var inner = header.InnerNumbers;
            if (taken < 0)
                throw Damaged("the header of a page cannot be understood");
            if (numbers[3] < 0 || numbers[3] > end - at - taken)
                throw Damaged($"a page declares {numbers[3]:N0} bytes, more than its column has");
            if (numbers[2] < 0 || numbers[2] > MaxPageBytes)
                throw Damaged($"a page declares {numbers[2]:N0} bytes unpacked, more than {MaxPageBytes:N0}");
            // The counts of a data page, a dictionary page, and a data page of version 2.
            var count = numbers[1] switch
            {
                0 => inner[5 * 16 + 1],
                2 => inner[7 * 16 + 1],
                3 => inner[8 * 16 + 1],
                _ => 0,
            };
            if (count < 0 || count > about.NumValues)
                throw Damaged($"a page declares {count:N0} values and its column {about.NumValues:N0}");
            if (numbers[1] is 0 or 3)
                values += count;
            size += numbers[2];
            if (size > MaxGroupBytes)
                throw Damaged("its pages declare more than its columns");
            at += taken + numbers[3];
        }
        if (values != about.NumValues)
            throw Damaged($"a column declares {about.NumValues:N0} values and its pages {values:N0}");
    }

    private static void Read(Stream stream, long at, Span<byte> bytes)
    {
        stream.Position = at;
        stream.ReadExactly(bytes);
    }

    public static CatalogFormatException Damaged(string what) =>
        new($"The Parquet file cannot be read: {what}. It is damaged or cut short; fetch it again.");
}
