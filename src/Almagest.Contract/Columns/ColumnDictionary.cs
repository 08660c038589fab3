using System.Diagnostics.CodeAnalysis;
using Almagest.Catalog;

namespace Almagest.Contract.Columns;

/// <summary>
/// Every column that leaves the ledger and means the same wherever it stands, described once. Columns of one view alone, and those that
/// mean something else there, are in that view's descriptor.
/// </summary>
public static class ColumnDictionary
{
    /// <summary>When the row of a view changed; each view says in its docs what counts.</summary>
    public static Column LastUpdated { get; } =
        Column.Timestamp("last_updated", "time.processing", "when the last run or label that counts here was completed or made");

    private static readonly Dictionary<string, Column> s_columns = (
        (Column[])
            [
                .. StarColumns.All,
                StarColumns.DatasetId,
                StarColumns.Extra,
                StarColumns.ParallaxOverError,
                StarColumns.DistanceDeg,
                StarColumns.SeparationArcsec,
                DatasetColumns.Dataset,
                .. LabelColumns.OfFile.Skip(1),
                RunColumns.RunId,
                .. RunColumns.All.Skip(1).Where(c => c != StarColumns.DatasetId),
                .. RunColumns.OfResult,
                RunColumns.Filled,
                .. ComparisonColumns.OfPair,
                .. ComparisonColumns.OfMatrix,
                ComparisonColumns.JaccardSimilarity,
                .. ComparisonColumns.OfConsensus,
                LastUpdated,
            ]
    ).ToDictionary(c => c.Name);

    public static IReadOnlyCollection<Column> All => s_columns.Values;

    /// <exception cref="KeyNotFoundException">nobody has described it</exception>
    public static Column Of(string name) =>
        TryGet(name, out var column) ? column : throw new KeyNotFoundException($"the column {name} is not in {nameof(ColumnDictionary)}");

    public static bool TryGet(string name, [NotNullWhen(true)] out Column? column) => s_columns.TryGetValue(name, out column);

    /// <summary>Several of them, in that order.</summary>
    public static IReadOnlyList<Column> List(params ReadOnlySpan<string> names)
    {
        var columns = new Column[names.Length];
        for (var i = 0; i < names.Length; i++)
            columns[i] = Of(names[i]);
        return columns;
    }

    /// <summary>The same as columns of a table that is written to a file.</summary>
    public static IReadOnlyList<CatalogColumn> OfTable(this IEnumerable<Column> columns) => [.. columns.Select(c => c.OfTable)];

    /// <summary>A column of one of two stars side by side.</summary>
    /// <param name="pattern">its name with {0} for the side, such as <c>ra_deg_{0}</c></param>
    public static Column Side(string pattern, string side)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var general = Of(pattern == "star_{0}_id" ? "star_id" : pattern.Replace("_{0}", "", StringComparison.Ordinal));
        return general with
        {
            Name = pattern.Replace("{0}", side, StringComparison.Ordinal),
            // Only one position of a table can be its main one.
            Ucd = side == "1" ? general.Ucd : general.Ucd.Replace(";meta.main", "", StringComparison.Ordinal),
            Description = $"{general.Description} (dataset {side})",
        };
    }
}
