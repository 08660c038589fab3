using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Almagest.Catalog.Writing;

/// <summary>A table on its way to a file: what it is, and its rows as they come.</summary>
/// <param name="Columns">Int64, Double, Boolean or Text, with unique names</param>
/// <param name="Provenance">where the table comes from, written into the file's metadata in this order; <c>title</c> also describes the
/// table</param>
/// <param name="Batches">
/// rows, some at a time; each has one value a column: <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>
/// as the column's type says, or null = missing. Read once.
/// </param>
public sealed record ExportTable(
    IReadOnlyList<CatalogColumn> Columns,
    JsonObject Provenance,
    IAsyncEnumerable<IReadOnlyList<object?[]>> Batches
)
{
    /// <summary>The Julian year for which the positions hold; null where it is not known, or not the same for all that the table draws
    /// on. As <see cref="Provenance"/> says of its datasets, unless it is set.</summary>
    public double? Epoch
    {
        get => _epoch ?? EpochOfDatasets;
        init => _epoch = value;
    }

    private readonly double? _epoch;

    private double? EpochOfDatasets
    {
        get
        {
            var epochs = (Provenance["datasets"] is JsonArray several ? several.AsEnumerable() : [Provenance["dataset"]])
                .Select(d => (d as JsonObject)?[CoordinateSystem.ReferenceEpoch])
                .Select(d => d is JsonValue v && v.TryGetValue(out double year) ? year : (double?)null)
                .Distinct()
                .ToList();
            return epochs.Count == 1 ? epochs[0] : null;
        }
    }

    /// <summary>Columns as a catalogue's file has them: positions among them may be of any system and epoch.</summary>
    public IReadOnlySet<string> AsInFile { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether a column is a position or a motion in the system of <see cref="System"/>.</summary>
    internal bool IsOnSky(CatalogColumn column) => IsOnSky(column.Ucd) && !AsInFile.Contains(column.Name);

    /// <summary>Whether it means a position or a motion in right ascension and declination, as UCD1 or UCD1+.</summary>
    public static bool IsOnSky(string? ucd) =>
        ucd is not null
        && (
            ucd.StartsWith("pos.eq", StringComparison.Ordinal)
            || ucd.StartsWith("POS_EQ_", StringComparison.Ordinal)
            || ucd.StartsWith("pos.pm", StringComparison.Ordinal)
        );

    /// <summary>The system of the positions and their epoch, where it is known; null of a table without any.</summary>
    internal CoordinateSystem? System =>
        Columns.Any(IsOnSky)
            ? new CoordinateSystem(CoordinateSystem.Icrs, Epoch: Epoch is { } year ? CoordinateSystem.Julian(year) : null)
            : null;

    /// <summary>What VOTable and FITS call the table.</summary>
    public string Name { get; init; } = "table";

    /// <summary>
    /// Text columns that a VOTable declares as <c>unicodeChar</c> instead of <c>char</c>: those with words of users. Of the others BINARY2
    /// keeps ASCII alone.
    /// </summary>
    public IReadOnlySet<string> Unicode { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Int64 columns that a VOTable declares as <c>int</c>, because a standard wants that: their values fit 32 bits.</summary>
    public IReadOnlySet<string> Int32 { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Text columns of ids that are all whole numbers without leading zeros: 64-bit integers in files whose columns have types, so
    /// that they join with the catalogue that they come from. In JSON they stay text.</summary>
    public IReadOnlySet<string> IntegerIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Int64 columns of 0 and 1: truths in files whose columns have types.</summary>
    public IReadOnlySet<string> Flags { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Text columns that hold JSON: arrays, objects, single values.</summary>
    public IReadOnlySet<string> JsonTexts { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Double columns that a file had in 32 bits: text formats write as many digits as give those back.</summary>
    public IReadOnlySet<string> Narrow { get; init; } = FrozenSet<string>.Empty;

    /// <summary>What a VOTable says of a text column beyond its type (DALI 1.1, section 3.3), e.g. <c>timestamp</c>; by the column's
    /// name.</summary>
    public IReadOnlyDictionary<string, string> XTypes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Text columns that hold numbers apart by blanks, and that a VOTable declares as arrays of doubles: their <c>arraysize</c>, <c>*</c>
    /// or a number, by the column's name.
    /// </summary>
    public IReadOnlyDictionary<string, string> ArraySizes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Asked behind the last row: whether there were more than the table was allowed to have. VOTable then says QUERY_STATUS OVERFLOW, FITS
    /// has QSTATUS, JSON and Parquet a <c>truncated</c>; CSV, whose metadata come first, says nothing.
    /// </summary>
    public Func<bool>? IsCutOff { get; init; }

    /// <summary>What the format could not hold, sentence by sentence, for whoever asked for the file; complete when the table is written.
    /// The file says the same.</summary>
    public IList<string> Losses { get; } = [];

    /// <summary>Writes the table to a stream that need not seek; no more than a few batches are in memory at once.</summary>
    /// <param name="stream">stays the caller's to dispose of</param>
    /// <param name="progress">told the number of rows written so far</param>
    /// <returns>the number of rows</returns>
    /// <exception cref="InvalidCastException">a value is not of its column's type</exception>
    public Task<long> WriteAsync(
        Stream stream,
        TableFormat format,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        return format switch
        {
            TableFormat.Csv => EcsvTableWriter.WriteAsync(this, stream, bare: true, progress, cancellationToken),
            TableFormat.CsvSafe => EcsvTableWriter.WriteAsync(HarmlessTable.Of(this), stream, bare: true, progress, cancellationToken),
            TableFormat.Ecsv => EcsvTableWriter.WriteAsync(TypedTable.Of(this), stream, bare: false, progress, cancellationToken),
            TableFormat.Parquet => ParquetTableWriter.WriteAsync(TypedTable.Of(this), stream, progress, cancellationToken),
            TableFormat.VoTable or TableFormat.VoTableBinary2 => VoTableWriter.WriteAsync(
                TypedTable.Of(this),
                stream,
                format == TableFormat.VoTableBinary2,
                progress,
                cancellationToken
            ),
            TableFormat.Fits => FitsTableWriter.WriteAsync(TypedTable.Of(this), stream, progress, cancellationToken),
            _ => JsonTableWriter.WriteAsync(this, stream, progress, cancellationToken),
        };
    }
}
