using Almagest.Catalog.Delimited;
using Almagest.Catalog.Fits;
using Almagest.Catalog.Input;
using Almagest.Catalog.VoTable;

namespace Almagest.Catalog;

/// <summary>
/// Opens catalogues. The format is told by the content, never by the file's name: CSV and text with other delimiters, ECSV, VizieR
/// TSV and Starlink TST (in UTF-8 or UTF-16, Latin-1 where it is not valid UTF-8), VOTable, and FITS tables, each plain or gzipped.
/// </summary>
public static class CatalogFile
{
    /// <exception cref="CatalogFormatException">there is no such file, it cannot be read, or it is no catalogue</exception>
    public static ICatalogReader Open(string path, CatalogOpenOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(CatalogInput.Open(CatalogInput.OpenFile(path), Path.GetFileName(path), leaveOpen: false), options);
    }

    /// <param name="stream">read from where it stands; need not be seekable</param>
    /// <param name="name">what to call it in messages</param>
    /// <param name="leaveOpen">true if the caller disposes of the stream</param>
    /// <exception cref="CatalogFormatException">the content is no catalogue</exception>
    public static ICatalogReader Open(Stream stream, string name, CatalogOpenOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Open(CatalogInput.Open(stream, name, leaveOpen), options);
    }

    /// <summary>Only the first table of a text file is read; another one that is asked for is not silently replaced by it.</summary>
    private static DelimitedReader OpenText(CatalogInput input, TextTable table, CatalogOpenOptions options)
    {
        string first = table.Metadata.GetValueOrDefault("table", "1");
        if (options.Table is { } wanted && wanted != "1" && wanted != first)
            throw new CatalogFormatException($"Table '{wanted}' of '{input.Name}' cannot be chosen: of a text file only the first table{(first == "1" ? "" : $" ({first})")} is read. Save the other one in a file of its own, or as VOTable.");
        return new DelimitedReader(input, table, options);
    }

    private static ICatalogReader Open(CatalogInput input, CatalogOpenOptions? options)
    {
        options ??= CatalogOpenOptions.Default;
        try
        {
            return ContentSniffer.Detect(input) switch
            {
                ContentKind.Ecsv => OpenText(input, EcsvHeader.Read(input, options), options),
                ContentKind.DelimitedText => OpenText(input, TextTableSniffer.Sniff(input, options), options),
                ContentKind.VoTable => new VoTableReader(input, options),
                ContentKind.Fits => new FitsReader(input, options),
                ContentKind.Parquet => throw ContentSniffer.Refuse(input, "a Parquet file", "Convert it with `stilts tcopy F G.csv` or pandas."),
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
