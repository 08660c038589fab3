using System.Globalization;
using System.Xml;
using Almagest.Catalog.Delimited;
using Almagest.Catalog.Fits;
using Almagest.Catalog.FixedWidth;
using Almagest.Catalog.Input;
using Almagest.Catalog.VoTable;

namespace Almagest.Catalog;

/// <summary>One table of a catalogue file.</summary>
/// <param name="Number">from 1, in the order of the file</param>
/// <param name="Name">null where it has none</param>
/// <param name="Rows">as the file says it above the rows; null where it does not</param>
public sealed record CatalogTable(int Number, string? Name, long? Rows)
{
    private const int MostTables = 1000;

    /// <summary>What <see cref="CatalogOpenOptions.Table"/> takes: its name where no other table has it, else its number.</summary>
    public string Choice { get; private init; } = Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The tables of a file with several (FITS, VOTable, VizieR TSV, CDS descriptions), at most 1,000; that which is read without a choice comes first. None of any other file. Reads the file to its
    /// end, but for plain FITS, whose headers say where the next one is; of a file that is damaged the tables above the damage are listed.
    /// </summary>
    /// <param name="readUpTo">none are listed of a longer file, in bytes, that would be read to its end</param>
    /// <exception cref="CatalogFormatException">there is no such file, it cannot be read, or it is no catalogue</exception>
    public static IReadOnlyList<CatalogTable> List(string path, long readUpTo = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) return [];
        using var input = CatalogInput.Open(CatalogInput.OpenFile(path), Path.GetFileName(path), leaveOpen: false);
        var kind = ContentSniffer.Detect(input);
        if (input.TotalBytes > readUpTo && (kind != ContentKind.Fits || input.IsGzip)) return [];
        var tables = kind switch
        {
            ContentKind.Fits => FitsReader.Tables(input),
            ContentKind.VoTable => VoTableReader.Tables(input),
            ContentKind.DelimitedText when TextTableSniffer.Sniff(input, CatalogOpenOptions.Default).EndsAtNextTable => TextSections.Tables(input),
            ContentKind.Cds => CdsFile.Tables(input),
            _ => [],
        };
        var found = new List<CatalogTable>();
        try
        {
            foreach (var table in tables.Take(MostTables)) found.Add(table);
        }
        catch (Exception e) when (found.Count > 0 && e is CatalogFormatException or XmlException or IOException or InvalidDataException)
        {
            // Whoever reads that far is told.
        }
        return found.Count < 2 ? [] : [.. found.Select(t => t.Name is { } name && !name.All(char.IsDigit) && found.Count(o => o.Name == name) == 1 ? t with { Choice = name } : t)];
    }
}
