using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;

namespace Almagest.Contract.Columns;

/// <summary>Tables to be written whose columns are described here.</summary>
public static class ColumnTable
{
    /// <param name="name">what VOTable and FITS call the table</param>
    /// <param name="batches">rows, see <see cref="ExportTable"/>; arrays and JSON as text, times as ISO 8601</param>
    public static ExportTable Of(
        string name,
        IReadOnlyList<Column> columns,
        JsonObject provenance,
        IAsyncEnumerable<IReadOnlyList<object?[]>> batches
    ) =>
        new(columns.OfTable(), provenance, batches)
        {
            Name = name,
            Flags = columns.Where(c => c.Kind == ColumnKind.Flag).Select(c => c.Name).ToHashSet(),
            Unicode = columns.Where(c => c.Kind.MayHaveUnicode()).Select(c => c.Name).ToHashSet(),
            JsonTexts = columns.Where(c => c.Kind == ColumnKind.Json || c.Kind.IsArray()).Select(c => c.Name).ToHashSet(),
            XTypes = columns.Where(c => c.Kind == ColumnKind.Timestamp).ToDictionary(c => c.Name, _ => "timestamp"),
        };
}
