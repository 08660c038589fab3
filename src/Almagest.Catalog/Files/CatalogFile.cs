using System.Xml;
using Almagest.Catalog.Delimited;
using Almagest.Catalog.Fits;
using Almagest.Catalog.FixedWidth;
using Almagest.Catalog.Input;
using Almagest.Catalog.Parquet;
using Almagest.Catalog.Refining;
using Almagest.Catalog.VoTable;

namespace Almagest.Catalog.Files;

/// <summary>
/// Opens catalogues. The format is recognised by the content, never by the file's name: CSV and text with other delimiters, ECSV, VizieR
/// TSV and Starlink TST (in UTF-8 or UTF-16, Latin-1 where it is not valid UTF-8), VOTable, FITS tables, Parquet, CDS and MRT tables with
/// their byte-by-byte description, and IPAC tables, each plain or gzipped; and folders of Parquet files (HATS).
/// </summary>
public static class CatalogFile
{
    private const int MostTables = 1000;

    /// <summary>Bytes of a file whose rows are looked at before they are read.</summary>
    private const int GlancedAt = 256 * 1024;

    /// <param name="path">a file, or a folder of Parquet files</param>
    /// <exception cref="CatalogFormatException">there is no such file, it cannot be read, or it is not a catalogue</exception>
    public static ICatalogReader Open(string path, CatalogOpenOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= CatalogOpenOptions.Default;
        if (Directory.Exists(path))
        {
            var folder = HatsFolder.Open(path, options);
            return RefinedReader.Over(folder, options, folder.Glances);
        }
        return Open(CatalogInput.Open(CatalogInput.OpenFile(path), Path.GetFileName(path), leaveOpen: false), options, path);
    }

    /// <param name="stream">read from where it stands; need not be seekable</param>
    /// <param name="name">what to call it in messages</param>
    /// <param name="leaveOpen">true if the caller disposes of the stream</param>
    /// <exception cref="CatalogFormatException">the content is not a catalogue</exception>
    public static ICatalogReader Open(Stream stream, string name, CatalogOpenOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Open(CatalogInput.Open(stream, name, leaveOpen), options ?? CatalogOpenOptions.Default, null);
    }

    /// <summary>The files of a catalogue that hold its rows, in the order of the rows: the file itself, or those of a folder.</summary>
    /// <exception cref="CatalogFormatException">the folder cannot be listed, or holds several catalogues</exception>
    public static IReadOnlyList<string> Files(string path) => Directory.Exists(path) ? HatsFolder.Files(path) : [path];

    /// <summary>A folder that holds Parquet files of a catalogue.</summary>
    public static bool IsFolderOfTables(string path) => Directory.Exists(path) && HatsFolder.Files(path).Count > 0;

    /// <summary>Bytes of a catalogue on the disk: of the file, or of all files of a folder that hold rows.</summary>
    public static long Length(string path) =>
        Directory.Exists(path) ? HatsFolder.Files(path).Sum(f => new FileInfo(f).Length) : new FileInfo(path).Length;

    /// <summary>
    /// The tables of a file with several (FITS, VOTable, VizieR TSV, CDS descriptions), at most 1,000; that which is read without a choice
    /// comes first. None of any other file. Reads the file to its end, but for plain FITS, whose headers say where the next one is; of a
    /// file that is damaged the tables above the damage are listed.
    /// </summary>
    /// <param name="readUpTo">none are listed of a longer file, in bytes, that would be read to its end</param>
    /// <exception cref="CatalogFormatException">there is no such file, it cannot be read, or it is not a catalogue</exception>
    public static IReadOnlyList<CatalogTable> Tables(string path, long readUpTo = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            return [];
        using var input = CatalogInput.Open(CatalogInput.OpenFile(path), Path.GetFileName(path), leaveOpen: false);
        var kind = ContentSniffer.Detect(input);
        if (input.TotalBytes > readUpTo && (kind != ContentKind.Fits || input.IsGzip))
            return [];
        var tables = kind switch
        {
            ContentKind.Fits => FitsReader.Tables(input),
            ContentKind.VoTable => VoTableReader.Tables(input),
            ContentKind.DelimitedText when TextTableSniffer.Sniff(input, CatalogOpenOptions.Default).EndsAtNextTable => TextSections.Tables(
                input
            ),
            ContentKind.Cds => CdsFile.Tables(input),
            _ => [],
        };
        var found = new List<CatalogTable>();
        try
        {
            foreach (var table in tables.Take(MostTables))
                found.Add(table);
        }
        catch (Exception e) when (found.Count > 0 && e is CatalogFormatException or XmlException or IOException or InvalidDataException)
        {
            // Whoever reads that far is told.
        }
        return found.Count < 2
            ? []
            :
            [
                .. found.Select(t =>
                    t.Name is { } name && !name.All(char.IsDigit) && found.Count(o => o.Name == name) == 1 ? t with { Choice = name } : t
                ),
            ];
    }

    private static ICatalogReader Open(CatalogInput input, CatalogOpenOptions options, string? path)
    {
        // The same first bytes once more, for a glance at the rows.
        using var first = input.OfSample(GlancedAt);
        var all = input.SampleIsAll && input.Sample.Length <= GlancedAt;
        var reader = OpenPlain(input, options, path);
        try
        {
            var glances = reader is ParquetCatalogReader parquet
                ? parquet.Glances
                : Glance.At(() => OpenPlain(first, options, path), reader.Columns.Count, all);
            return RefinedReader.Over(reader, options, glances);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The reader of the format, which gives the table as the file has it.</summary>
    private static ICatalogReader OpenPlain(CatalogInput input, CatalogOpenOptions options, string? path)
    {
        try
        {
            return ContentSniffer.Detect(input) switch
            {
                ContentKind.Ecsv => TextSections.Open(input, EcsvHeader.Read(input, options), options),
                ContentKind.DelimitedText when path is not null && CdsFile.Beside(path, options) is { } described => new FixedWidthReader(
                    input,
                    described,
                    options
                ),
                ContentKind.DelimitedText when RuledTable.TryRead(input, options) is { } ruled => new FixedWidthReader(
                    input,
                    ruled,
                    options
                ),
                ContentKind.DelimitedText => TextSections.Open(input, TextTableSniffer.Sniff(input, options), options),
                ContentKind.VoTable => new VoTableReader(input, options),
                ContentKind.Fits => new FitsReader(input, options),
                ContentKind.Parquet => new ParquetCatalogReader(input, options),
                ContentKind.Cds => new FixedWidthReader(input, CdsFile.Embedded(input, options), options),
                ContentKind.Ipac => new FixedWidthReader(input, IpacHeader.Read(input, options), options),
                var other => throw new InvalidOperationException($"no reader for {other}"),
            };
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }
}
