using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Refining;

/// <summary>
/// A table as people mean it: units out of the columns' names; masks (<c>X.mask</c>, as astropy writes them) as nulls of the columns that
/// they are of; values that stand for missing ones as nulls, where the user or the survey's custom says so; and a glance at the first rows.
/// </summary>
internal sealed class RefinedReader : ICatalogReader
{
    private readonly ICatalogReader _inner;
    private readonly RefinedColumn[] _columns;
    private readonly IReadOnlyList<string> _remarks;

    private RefinedReader(ICatalogReader inner, RefinedColumn[] columns, IReadOnlyList<string> remarks)
    {
        _inner = inner;
        _columns = columns;
        _remarks = remarks;
        Columns = columns.Select(c => c.Column).ToArray();
    }

    public string Format => _inner.Format;

    public IReadOnlyList<CatalogColumn> Columns { get; }

    public IReadOnlyDictionary<string, string> Metadata => _inner.Metadata;

    public IReadOnlyList<string> Warnings => [.. _inner.Warnings, .. _remarks, .. _columns.Select(c => c.Remark).OfType<string>()];

    public long BytesRead => _inner.BytesRead;

    public long TotalBytes => _inner.TotalBytes;

    public (string? File, long Line) Locate(long line) => _inner.Locate(line);

    /// <param name="glances">what the first rows hold, a column each; null where they were not looked at</param>
    /// <exception cref="CatalogFormatException">the options name a column that there is not</exception>
    public static ICatalogReader Over(ICatalogReader inner, CatalogOpenOptions options, IReadOnlyList<ColumnGlance>? glances)
    {
        var masks = Masks(inner.Columns);
        var kept = Enumerable.Range(0, inner.Columns.Count).Where(i => !masks.ContainsValue(i)).ToArray();
        var split = kept.Select(i => UnitNames.Split(inner.Columns[i])).ToArray();
        // Two columns that differ in their units alone keep their names.
        var doubled = split
            .Select(c => c.Name)
            .GroupBy(n => n, StringComparer.Ordinal)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key)
            .ToHashSet();
        var custom = SurveyCustom.Of(inner.Columns);
        var remarks = new List<string>();
        var columns = kept.Select(
                (i, k) =>
                {
                    var column = inner.Columns[i];
                    if (split[k].Unit != column.Unit)
                        column = column with { Name = doubled.Contains(split[k].Name) ? column.Name : split[k].Name, Unit = split[k].Unit };
                    if (glances is not null)
                        column = column with { Glance = glances[i] };
                    return new RefinedColumn(i, column, masks.TryGetValue(i, out var mask) ? mask : null);
                }
            )
            .ToArray();
        foreach (var missing in options.Missing)
            Apply(missing, columns);
        if (custom is not null)
        {
            foreach (
                var column in columns.Where(c => c.Column.Type is ColumnType.Double or ColumnType.Int64 && SurveyCustom.Covers(c.Column))
            )
                column.AddCustom(custom);
            remarks.Add($"{custom.Survey} writes {custom.Shown} for a missing value: it was taken for one.");
        }
        return columns.Length == inner.Columns.Count && columns.All(c => c.IsPlain && ReferenceEquals(c.Column, inner.Columns[c.Index]))
            ? inner
            : new RefinedReader(inner, columns, remarks);
    }

    /// <summary>The column of the mask by the column that it is of.</summary>
    private static Dictionary<int, int> Masks(IReadOnlyList<CatalogColumn> columns)
    {
        var masks = new Dictionary<int, int>();
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < columns.Count; i++)
            byName[columns[i].Name] = i;
        for (var i = 0; i < columns.Count; i++)
            if (
                columns[i] is { Type: ColumnType.Boolean, Name: var name }
                && name.EndsWith(".mask", StringComparison.Ordinal)
                && byName.TryGetValue(name[..^5], out var masked)
            )
                masks[masked] = i;
        return masks;
    }

    private static void Apply(MissingValue missing, RefinedColumn[] columns)
    {
        var wanted = columns
            .Where(c =>
                missing.Column is null
                || c.Column.Name.Equals(missing.Column, StringComparison.OrdinalIgnoreCase)
                || $"{c.Column.Name} [{c.Column.Unit}]" == missing.Column
            )
            .ToArray();
        if (wanted.Length == 0)
            throw new CatalogFormatException(
                $"There is no column '{missing.Column}' in which '{missing.Text}' could mean a missing value. Columns found "
                    + $"({columns.Length}): {string.Join(", ", columns.Take(60).Select(c => RejectedRow.Clip(c.Column.Name)))}."
            );
        foreach (var column in wanted)
            column.Add(missing.Text);
    }

    public IEnumerable<CatalogBatch> ReadBatches(int rowsPerBatch = 8192, CancellationToken cancellationToken = default) =>
        _inner.ReadBatches(rowsPerBatch, cancellationToken).Select(Refine);

    private CatalogBatch Refine(CatalogBatch batch)
    {
        var vectors = new CatalogVector[_columns.Length];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = _columns[i].Refine(batch);
        return new CatalogBatch
        {
            Count = batch.Count,
            Columns = vectors,
            LineNumber = batch.LineNumber,
            Rejected = batch.Rejected,
        };
    }

    public void Dispose() => _inner.Dispose();
}
