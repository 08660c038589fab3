using System.Text.Json.Nodes;

namespace Almagest.Catalog.Writing;

/// <summary>A table on its way to a file: what it is, and its rows as they come.</summary>
/// <param name="Columns">Int64, Double, Boolean or Text</param>
/// <param name="Provenance">where the table comes from, written into the file's metadata in this order</param>
/// <param name="Batches">
/// rows, some at a time; each has one value a column: <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/> as
/// the column's type says, or null = missing. Read once.
/// </param>
public sealed record OutgoingTable(IReadOnlyList<CatalogColumn> Columns, JsonObject Provenance, IAsyncEnumerable<IReadOnlyList<object?[]>> Batches)
{
    /// <summary>Writes the table to a stream that need not seek; no more than a few batches are in memory at once.</summary>
    /// <param name="stream">stays the caller's to dispose of</param>
    /// <param name="bare">CSV without the comment lines</param>
    /// <param name="progress">told the number of rows written so far</param>
    /// <returns>the number of rows</returns>
    public Task<long> WriteAsync(Stream stream, TableFormat format, bool bare = false, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return format switch
        {
            TableFormat.Csv => EcsvTableWriter.WriteAsync(this, stream, bare, progress, cancellation),
            TableFormat.Parquet => ParquetTableWriter.WriteAsync(this, stream, progress, cancellation),
            _ => JsonTableWriter.WriteAsync(this, stream, progress, cancellation),
        };
    }
}
