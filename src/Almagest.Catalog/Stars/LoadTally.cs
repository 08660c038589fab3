using System.Globalization;
using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>Counts what becomes of a file while it is read.</summary>
internal sealed class LoadTally(IReadOnlyList<CatalogColumn> columns, ColumnMapping mapping)
{
    /// <summary>Of fewer values nothing is told by their size.</summary>
    private const int LeastTold = 8;

    /// <summary>Above the parallax of Proxima Centauri, arcsec.</summary>
    private const double NearestArcsec = 0.8;

    /// <summary>Below the errors of any catalogue, mas.</summary>
    private const double FinestMas = 0.003;

    private static readonly string[] s_errors = [StarField.ParallaxErrorMas, StarField.PmraError, StarField.PmdecError];

    private static readonly string[] s_measured =
    [
        StarField.ParallaxMas,
        StarField.PmraMasYr,
        StarField.PmdecMasYr,
        StarField.Magnitude,
        StarField.Color,
        StarField.RadialVelocityKmS,
    ];

    private readonly ColumnTally[] _tallies =
    [
        .. columns.Select((_, i) => new ColumnTally(mapping.Fields.Any(f => f.Columns.Contains(i) && s_measured.Contains(f.Field)))),
    ];
    private readonly MotionDoubt _motions = new(mapping);
    private readonly SortedDictionary<string, long> _impossible = new(StringComparer.Ordinal);

    public void Add(CatalogBatch batch)
    {
        for (var i = 0; i < _tallies.Length; i++)
            _tallies[i].Add(batch.Columns[i], batch.Count);
    }

    /// <param name="stars">that were made of it</param>
    public void Add(StarBatch stars)
    {
        _motions.Add(stars);
        foreach (var (field, count) in stars.Impossible)
            _impossible[field] = _impossible.GetValueOrDefault(field) + count;
    }

    /// <param name="remarks">what the stars tell; null where they tell nothing</param>
    public LoadReport Report(long rows, long rejected, params IEnumerable<string?> remarks)
    {
        var suspicions = new List<string>(mapping.Remarks);
        var impossible = new SortedDictionary<string, long>(_impossible, StringComparer.Ordinal);
        suspicions.AddRange(remarks.OfType<string>());
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, tally) = (columns[i], _tallies[i]);
            var mapped = mapping.Fields.Where(f => f.Columns.Contains(i)).ToList();
            var kind = mapped.Find(f => f.Source == FieldSource.Column) is { } own ? KindOf(own.Field) : null;
            foreach (var (value, count) in tally.Spikes().Where(s => kind is not { } k || FurtherField.Allows(k, s.Value)))
            {
                // What is named here is not told once more as beyond all stars.
                foreach (
                    var f in mapped.Where(f => impossible.ContainsKey(f.Field) && Math.Abs(value * f.Factor) > MostOfStars.Of(f.Field))
                )
                    impossible[f.Field] -= count;
                suspicions.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{count:N0} of {tally.Values:N0} values in '{RejectedRow.Clip(column.Name)}' {(count == 1 ? "is" : "are")} "
                            + $"exactly {value:R}: a mark of missing values? "
                            + $"{(count == 1 ? "It was taken as a number" : "They were taken as numbers")}."
                    )
                );
            }
            // Degrees of -00 are kept as text, for no whole number has that sign; it is not odd.
            var kept = Kept(mapped.Find(f => !StarField.IsText(f.Field)), tally.Odd == 1);
            if (
                tally.Odd > 0
                && !mapped.Exists(f => StarField.IsText(f.Field))
                && !mapping.Fields.Any(f => f.Source is FieldSource.Sexagesimal or FieldSource.SignedSexagesimal && f.Columns.Contains(i))
            )
                suspicions.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{tally.Odd:N0} {(tally.Odd == 1 ? "value" : "values")} in '{RejectedRow.Clip(column.Name)}' "
                            + $"{(tally.Odd == 1 ? "is" : "are")} not of its type ({Words(column.Type)}); {kept}."
                    )
                );
            if (tally.Values == 0 && tally.Odd == 0 && rows > 0 && mapped.Exists(f => FurtherField.IndexOf(f.Field) < 0))
                suspicions.Add($"'{RejectedRow.Clip(column.Name)}' is empty throughout.");
        }
        var coarse = mapping.Fields.Select(f => (f.Field, Told: Coarse(f))).Where(c => c.Told is not null).ToList();
        suspicions.AddRange(coarse.Select(c => c.Told!));
        // Where the errors of the motions are told, the motions are told with them.
        if (
            !coarse.Exists(c => c.Field is StarField.PmraError or StarField.PmdecError)
            && _motions.Remark(coarse.Exists(c => c.Field is StarField.ParallaxMas or StarField.ParallaxErrorMas)) is { } motions
        )
            suspicions.Add(motions);
        suspicions.AddRange(impossible.Where(i => i.Value > 0).Select(i => Impossible(mapping[i.Key]!, i.Value)));
        return new LoadReport(rows, rejected, [.. columns.Select(Report)], suspicions);
    }

    /// <summary>What to tell of numbers without a unit that are as small as arc seconds would be, where they are taken as
    /// milliarcseconds.</summary>
    private string? Coarse(MappedField field)
    {
        if (!field.UnitIsAssumed || _tallies[field.Columns[0]] is not { Maximum: { } most, Minimum: { } least, Values: >= LeastTold })
            return null;
        var isParallax = field.Field == StarField.ParallaxMas && mapping[StarField.ParallaxErrorMas] is null;
        // No star is nearer than 0.8 arcsec; no catalogue has errors of some µas throughout.
        var small = isParallax ? least >= 0 && most < NearestArcsec : s_errors.Contains(field.Field) && least >= 0 && most < FinestMas;
        if (!small || most == 0)
            return null;
        var (unit, other) = field.Field is StarField.PmraError or StarField.PmdecError ? ("mas/yr", "arcsec/yr") : ("mas", "arcsec");
        var limit = (isParallax ? NearestArcsec : FinestMas).ToString(CultureInfo.InvariantCulture);
        return $"Every value in '{RejectedRow.Clip(field.ColumnNames[0])}' is below {limit} and has no unit: they were taken as {unit}. If "
            + $"they are {other}, say so, and of the other columns alike: {field.Field}={field.Formula}:{other}.";
    }

    // As StarBatchBuilder reads them.
    private static string Kept(MappedField? mapped, bool one)
    {
        var were = one ? "it was" : "they were";
        if (mapped is null)
            return $"{were} kept as text";
        if (mapped.Field == StarField.Epoch || (FurtherField.IndexOf(mapped.Field) >= 0 && mapped.Field != StarField.ParallaxErrorMas))
            return $"{were} taken as missing";
        var read = mapped.Field switch
        {
            StarField.RaDeg or StarField.DecDeg => "number or "
                + (mapped.SexagesimalInDegrees ? "degrees" : "hours")
                + ", minutes and seconds",
            _ => "number",
        };
        return one ? $"where it is no {read}, its row was rejected" : $"rows of those that are no {read} were rejected";
    }

    private static FieldKind? KindOf(string field) =>
        field == StarField.ParallaxErrorMas ? FieldKind.Error : FurtherField.All.FirstOrDefault(f => f.Name == field)?.Kind;

    private string Impossible(MappedField mapped, long count)
    {
        var (column, values) = (RejectedRow.Clip(mapped.ColumnNames[0]), _tallies[mapped.Columns[0]].Values);
        if (mapped.Field == StarField.RaDeg)
            return string.Create(CultureInfo.InvariantCulture, $"{count:N0} of {values:N0} values in '{column}' ")
                + (count == 1 ? "is exactly 360 degrees: it was" : "are exactly 360 degrees: they were")
                + " stored as 0, which is the same place.";
        if (s_measured.Contains(mapped.Field))
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} of {values:N0} values in '{column}' {(count == 1 ? "is" : "are")} {LoadReport.BeyondStars}: a mark of missing "
                    + $"values, another unit, or an error of the table? They were taken as numbers ({mapped.Field})."
            );
        var what = KindOf(mapped.Field) switch
        {
            FieldKind.Error => "zero or negative, which no error is",
            FieldKind.Correlation => "outside -1 to 1, as no correlation is",
            _ => "zero or negative, which no such ratio is",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} of {values:N0} values in '{column}' {(count == 1 ? "is" : "are")} {what}: "
                + $"{(count == 1 ? "it was" : "they were")} taken as missing ({mapped.Field})."
        );
    }

    private ColumnReport Report(CatalogColumn column, int index)
    {
        var field = mapping.Fields.FirstOrDefault(f => f.Columns.Contains(index));
        var why = field is not null ? (field.Note.Length > 0 ? field.Note : null) : mapping.WhyUnused(index);
        var tally = _tallies[index];
        return new ColumnReport(
            column.Name,
            column is { Type: ColumnType.Double, IsNarrow: true } ? "float" : Words(column.Type),
            field?.GivenUnit ?? column.Unit,
            field?.Field,
            why,
            tally.Nulls,
            tally.Odd,
            Finite(tally.Minimum),
            Finite(tally.Maximum)
        )
        {
            Ucd = column.Ucd,
            Description = column.Description,
        };
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Words(ColumnType type) => type.ToString().ToLowerInvariant();
}
