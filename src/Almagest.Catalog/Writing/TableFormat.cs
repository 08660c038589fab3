namespace Almagest.Catalog.Writing;

/// <summary>The formats in which tables are written.</summary>
public enum TableFormat
{
    /// <summary>CSV behind the comment lines of ECSV 1.0, which say what each column is and where the table comes from.</summary>
    Csv,

    /// <summary>Apache Parquet; the metadata are key-value pairs of the file.</summary>
    Parquet,

    /// <summary>One JSON object: the metadata, the columns, the rows.</summary>
    Json,
}

/// <summary>Names of the formats.</summary>
public static class TableFormats
{
    public static IReadOnlyList<string> Names { get; } = ["csv", "parquet", "json"];

    /// <param name="name">one of <see cref="Names"/></param>
    public static TableFormat Parse(string name) => Enum.Parse<TableFormat>(name, ignoreCase: true);

    /// <summary>The format that a file's name asks for: by its ending, and CSV by any other.</summary>
    public static TableFormat OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".parquet" or ".pq" => TableFormat.Parquet,
            ".json" => TableFormat.Json,
            _ => TableFormat.Csv,
        };
    }

    /// <summary>The ending of its files, without the dot.</summary>
    public static string Extension(this TableFormat format) => Names[(int)format];

    /// <summary>Its media type (RFC 4180, IANA).</summary>
    public static string MediaType(this TableFormat format) => format switch
    {
        TableFormat.Csv => "text/csv",
        TableFormat.Parquet => "application/vnd.apache.parquet",
        _ => "application/json",
    };
}
