namespace Almagest.Catalog.Writing;

/// <summary>The formats in which tables are written.</summary>
public enum TableFormat
{
    /// <summary>Plain CSV (RFC 4180): a line of names, then the rows.</summary>
    Csv,

    /// <summary>ECSV 1.0: CSV behind comment lines that say what each column is and where the table comes from.</summary>
    Ecsv,

    /// <summary>Apache Parquet; the metadata are key-value pairs of the file.</summary>
    Parquet,

    /// <summary>One JSON object: the metadata, the columns, the rows.</summary>
    Json,

    /// <summary>VOTable 1.4 with rows in XML (TABLEDATA).</summary>
    VoTable,

    /// <summary>VOTable 1.4 with binary rows (BINARY2): smaller, and faster to read.</summary>
    VoTableBinary2,

    /// <summary>A FITS binary table.</summary>
    Fits,

    /// <summary>CSV for spreadsheets: no text of it can be taken for a formula, at the price of an apostrophe before what could.</summary>
    CsvSafe,
}

/// <summary>Names, endings and media types of the formats.</summary>
public static class TableFormats
{
    public static IReadOnlyList<string> Names { get; } =
    ["csv", "ecsv", "parquet", "json", "votable", "votable-binary2", "fits", "csv-safe"];

    public static IReadOnlyList<TableFormat> All { get; } = Enum.GetValues<TableFormat>();

    /// <param name="name">one of <see cref="Names"/></param>
    public static TableFormat Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Enum.Parse<TableFormat>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
    }

    /// <summary>The format that a file's name asks for: by its ending, and CSV by any other.</summary>
    public static TableFormat OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv-safe" => TableFormat.CsvSafe,
            ".ecsv" => TableFormat.Ecsv,
            ".parquet" or ".pq" => TableFormat.Parquet,
            ".json" => TableFormat.Json,
            ".vot" or ".votable" or ".xml" => TableFormat.VoTable,
            ".fits" or ".fit" or ".fts" => TableFormat.Fits,
            _ => TableFormat.Csv,
        };
    }

    public static string Name(this TableFormat format) => Names[(int)format];

    /// <summary>The ending of its files, without the dot.</summary>
    public static string Extension(this TableFormat format) =>
        format switch
        {
            TableFormat.VoTable or TableFormat.VoTableBinary2 => "vot",
            TableFormat.CsvSafe => TableFormat.Csv.Name(),
            _ => format.Name(),
        };

    /// <summary>Whether its bytes are text, so that a terminal can show them.</summary>
    public static bool IsText(this TableFormat format) => format is not (TableFormat.Parquet or TableFormat.Fits);

    /// <summary>Its media type (RFC 4180, IANA; VOTable 1.4, section 8; RFC 4047).</summary>
    public static string MediaType(this TableFormat format) =>
        format switch
        {
            TableFormat.Csv or TableFormat.CsvSafe or TableFormat.Ecsv => "text/csv",
            TableFormat.Parquet => "application/vnd.apache.parquet",
            TableFormat.VoTable => "application/x-votable+xml",
            TableFormat.VoTableBinary2 => "application/x-votable+xml;serialization=BINARY2",
            TableFormat.Fits => "application/fits",
            _ => "application/json",
        };
}
