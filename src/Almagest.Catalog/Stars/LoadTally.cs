using System.Globalization;
using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>Counts what becomes of a file while it is read.</summary>
internal sealed class LoadTally(IReadOnlyList<CatalogColumn> columns, ColumnMapping mapping)
{
    private static readonly string[] s_measured =
    [
        StarField.ParallaxMas,
        StarField.PmraMasYr,
        StarField.PmdecMasYr,
        StarField.Magnitude,
        StarField.Color,
        StarField.RadialVelocityKmS,
    ];

    private readonly ColumnTally[] _tallies = [.. columns.Select(_ => new ColumnTally())];

    public void Add(CatalogBatch batch)
    {
        for (var i = 0; i < _tallies.Length; i++)
            _tallies[i].Add(batch.Columns[i], batch.Count);
    }

    public LoadReport Report(long rows, long rejected, string? remark)
    {
        var suspicions = new List<string>(mapping.Remarks);
        if (remark is not null)
            suspicions.Add(remark);
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, tally) = (columns[i], _tallies[i]);
            var measured = mapping.Fields.Any(f => f.Columns.Contains(i) && s_measured.Contains(f.Field));
            foreach (var (value, count) in tally.Spikes(measured))
                suspicions.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{count:N0} of {tally.Values:N0} values in '{RejectedRow.Clip(column.Name)}' are exactly {value:R}: a mark of "
                            + $"missing values? They were taken as numbers."
                    )
                );
            // Degrees of -00 are kept as text, for no whole number has that sign; it is not odd.
            if (tally.Odd > 0 && !mapping.Fields.Any(f => f.Source == FieldSource.SignedSexagesimal && f.Columns.Contains(i)))
                suspicions.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{tally.Odd:N0} values in '{RejectedRow.Clip(column.Name)}' are not of its type ({Words(column.Type)}); they "
                            + $"were kept as text."
                    )
                );
            if (tally.Values == 0 && tally.Odd == 0 && rows > 0 && mapping.Fields.Any(f => f.Columns.Contains(i)))
                suspicions.Add($"'{RejectedRow.Clip(column.Name)}' is empty throughout.");
        }
        return new LoadReport(rows, rejected, [.. columns.Select(Report)], suspicions);
    }

    private ColumnReport Report(CatalogColumn column, int index)
    {
        var field = mapping.Fields.FirstOrDefault(f => f.Columns.Contains(index));
        var why = field is not null ? (field.Note.Length > 0 ? field.Note : null) : mapping.WhyUnused(index);
        var tally = _tallies[index];
        return new ColumnReport(
            column.Name,
            Words(column.Type),
            field?.GivenUnit ?? column.Unit,
            field?.Field,
            why,
            tally.Nulls,
            tally.Odd,
            Finite(tally.Minimum),
            Finite(tally.Maximum)
        );
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Words(ColumnType type) => type.ToString().ToLowerInvariant();
}
