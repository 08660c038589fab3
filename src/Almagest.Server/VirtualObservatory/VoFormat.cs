using System.IO.Compression;
using Almagest.Catalog.Writing;

namespace Almagest.Server.VirtualObservatory;

/// <summary>A form of an answer: what RESPONSEFORMAT calls it, and how it is written.</summary>
/// <param name="MediaType">of the answer</param>
/// <param name="Names">short names (DALI 1.1, 3.4.3), the first one's own; all in lower case</param>
/// <param name="Table">null = tab-separated values</param>
/// <param name="StandardId">of TAPRegExt, null where it has none</param>
internal sealed record VoFormat(
    string MediaType,
    IReadOnlyList<string> Names,
    TableFormat? Table,
    string Extension,
    string? StandardId = null
)
{
    private const string Output = "ivo://ivoa.net/std/TAPRegExt#output-votable-";

    public static readonly VoFormat VoTable = new(
        "application/x-votable+xml;serialization=TABLEDATA",
        ["votable/td", "votable", "vot", "votable_plain"],
        TableFormat.VoTable,
        "vot",
        Output + "td"
    );

    private static readonly VoFormat s_csv = new("text/csv", ["csv"], TableFormat.Csv, "csv");
    private static readonly VoFormat s_fits = new("application/fits", ["fits"], TableFormat.Fits, "fits");

    public static readonly IReadOnlyList<VoFormat> All =
    [
        VoTable,
        new(
            "application/x-votable+xml;serialization=BINARY2",
            ["votable/b2", "votable/binary2"],
            TableFormat.VoTableBinary2,
            "vot",
            Output + "binary2"
        ),
        new("application/x-votable+xml;encoding=gzip", ["votable_gzip"], TableFormat.VoTableBinary2, "vot.gz") { IsGzip = true },
        s_csv,
        new("text/csv", ["ecsv"], TableFormat.Ecsv, "ecsv"),
        new("text/csv", ["csv-safe"], TableFormat.CsvSafe, "csv"),
        new("text/tab-separated-values", ["tsv"], null, "tsv"),
        s_fits,
        new("application/vnd.apache.parquet", ["parquet"], TableFormat.Parquet, "parquet"),
        new("application/json", ["json"], TableFormat.Json, "json"),
    ];

    /// <summary>Whether what is written is a gzip file: <c>votable_gzip</c>, which astroquery asks for.</summary>
    public bool IsGzip { get; private init; }

    /// <summary>Whether it says inside that rows were left out.</summary>
    public bool TellsCutOff => Table is not (null or TableFormat.Csv or TableFormat.CsvSafe or TableFormat.Ecsv);

    /// <summary>Its type with the charset, where it has one; XML says its own.</summary>
    public string ContentType =>
        Table is null or TableFormat.Csv or TableFormat.CsvSafe or TableFormat.Ecsv or TableFormat.Json
            ? $"{MediaType}; charset=utf-8"
            : MediaType;

    /// <param name="asked">RESPONSEFORMAT: a short name or a media type; null = VOTable</param>
    /// <exception cref="VoException">no such format</exception>
    public static VoFormat Parse(string? asked)
    {
        if (string.IsNullOrWhiteSpace(asked))
            return VoTable;
        var wanted = asked.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return All.FirstOrDefault(f => f.Names.Contains(wanted) || f.MediaType.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? wanted switch
            {
                "application/x-votable+xml" or "text/xml" or "application/xml" or "text/xml;content=x-votable" => VoTable,
                "text/csv;header=present" => s_csv,
                "image/fits" => s_fits,
                _ => throw VoException.Invalid(
                    $"the format '{asked}' is not known; RESPONSEFORMAT is one of {string.Join(", ", All.Select(f => f.Names[0]))}"
                ),
            };
    }

    /// <summary>Writes a table in this form.</summary>
    public async Task<long> WriteAsync(ExportTable table, Stream stream, CancellationToken cancellationToken)
    {
        if (!IsGzip)
            return Table is { } format
                ? await table.WriteAsync(stream, format, cancellationToken: cancellationToken)
                : await TabSeparatedValues.WriteAsync(table, stream, cancellationToken);
        await using var packed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        return await table.WriteAsync(packed, Table!.Value, cancellationToken: cancellationToken);
    }
}
