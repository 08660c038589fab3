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
        ["votable/td", "votable", "vot"],
        TableFormat.VoTable,
        "vot",
        Output + "td"
    );

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
        new("text/csv", ["csv"], TableFormat.Csv, "csv"),
        new("text/tab-separated-values", ["tsv"], null, "tsv"),
        new("application/fits", ["fits"], TableFormat.Fits, "fits"),
        new("application/vnd.apache.parquet", ["parquet"], TableFormat.Parquet, "parquet"),
        new("application/json", ["json"], TableFormat.Json, "json"),
    ];

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
                "text/csv;header=present" => All[2],
                "image/fits" => All[4],
                _ => throw VoException.Invalid(
                    $"the format '{asked}' is not known; RESPONSEFORMAT is one of {string.Join(", ", All.Select(f => f.Names[0]))}"
                ),
            };
    }

    /// <summary>Writes a table in this form.</summary>
    public Task<long> WriteAsync(ExportTable table, Stream stream, CancellationToken cancellationToken) =>
        Table is { } format
            ? table.WriteAsync(stream, format, cancellationToken: cancellationToken)
            : TabSeparatedValues.WriteAsync(table, stream, cancellationToken);
}
