using System.Globalization;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;

namespace Almagest.Catalog.Files;

/// <summary>What a file is and how it would be read, from its first rows.</summary>
public sealed class CatalogPreview
{
    private const int LookedAt = 2000;

    public required string Format { get; init; }

    public required IReadOnlyList<CatalogColumn> Columns { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The automatic mapping; it may lack a position (see <see cref="ColumnMapping.EnsurePosition"/>).</summary>
    public required ColumnMapping Mapping { get; init; }

    /// <summary>The first rows, one text per column, null where missing.</summary>
    public required IReadOnlyList<string?[]> Rows { get; init; }

    /// <summary>Malformed rows among the first.</summary>
    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    private CatalogBatch? _first;

    /// <summary>What a load by that mapping would say of the first rows, 2,000 at most.</summary>
    public LoadReport Report(ColumnMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return StarReader.Look(Columns, mapping, _first);
    }

    /// <exception cref="CatalogFormatException">it is not a catalogue</exception>
    public static CatalogPreview Of(string path, int rows = 10, CatalogOpenOptions? options = null)
    {
        using var reader = CatalogFile.Open(path, options);
        return Of(reader, rows);
    }

    /// <param name="reader">open and not yet read</param>
    public static CatalogPreview Of(ICatalogReader reader, int rows = 10)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var first = rows > 0 ? reader.ReadBatches(Math.Max(rows, LookedAt)).FirstOrDefault() : null;
        return new CatalogPreview
        {
            Format = reader.Format,
            Columns = reader.Columns,
            Metadata = reader.Metadata,
            Warnings = reader.Warnings,
            Mapping = ColumnMapping.Automatic(reader.Columns),
            Rows = first is null
                ? []
                : Enumerable.Range(0, Math.Min(rows, first.Count)).Select(r => first.Columns.Select(c => Text(c, r)).ToArray()).ToArray(),
            Rejected = first?.Rejected.Take(Math.Max(rows, 10)).ToArray() ?? [],
            _first = first,
        };
    }

    private static string? Text(CatalogVector vector, int row) =>
        vector.Misfit(row)
        ?? vector switch
        {
            Int64Vector integers => integers.HasValue[row] ? integers.Values[row].ToString(CultureInfo.InvariantCulture) : null,
            DoubleVector doubles => double.IsNaN(doubles.Values[row])
                ? null
                : doubles.Values[row].ToString("R", CultureInfo.InvariantCulture),
            BooleanVector truths => truths.Values[row] is { } truth ? (truth ? "true" : "false") : null,
            TextVector texts => texts.Values[row],
            _ => null,
        };
}
