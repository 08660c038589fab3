using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Ledger.Selections;

/// <summary>
/// A filter over stars out of files: the same conditions as <see cref="StarFilterSql"/>, of a batch at a time. Conditions that need the
/// ids or the other columns of all stars at once are refused.
/// </summary>
internal sealed class StarFilterTest
{
    private readonly StarFilter _filter;

    /// <exception cref="LedgerException">the filter has a condition that files cannot answer</exception>
    public StarFilterTest(Dataset dataset, StarFilter filter)
    {
        _filter = filter;
        var refused =
            filter.Extra is { Count: > 0 } ? "extra"
            : filter.Quality is not null ? "quality"
            : filter.Without is { Count: > 0 } ? "without"
            : filter.Only is not null ? "only"
            : filter.Sample is not null ? "sample"
            : filter.AlsoDatasets is { Count: > 0 } ? "also_datasets"
            : null;
        if (refused is not null)
            throw LedgerException
                .Of(
                    ErrorCode.DatasetInPlace,
                    $"dataset '{dataset.Name}' is read where it lies, and a filter over files has no condition {refused}",
                    "Filter by position and by ranges of the star fields, or load the dataset.",
                    $"filter.{refused}"
                )
                .With("dataset", dataset.Name);
    }

    /// <summary>The star fields that it looks at, beside the position.</summary>
    public IEnumerable<string> Fields =>
        StarFilter.Ranges.Where(r => r.Value.Get(_filter) is not null).SelectMany(r => FieldsOf(r.Key)).Distinct();

    private static string[] FieldsOf(string range) =>
        range switch
        {
            "parallax_over_error" => ["parallax_mas", "parallax_error_mas"],
            "proper_motion_mas_yr" => ["pmra_mas_yr", "pmdec_mas_yr"],
            _ => [range],
        };

    /// <summary>Which stars of a batch fulfil it.</summary>
    public bool[] Of(StarBatch batch)
    {
        var holds = new bool[batch.Count];
        Array.Fill(holds, true);
        if (_filter.Cone is { } cone)
            Keep(holds, row => IsIn(cone, batch.RaDeg[row], batch.DecDeg[row]));
        if (_filter.RaDeg is { } box)
        {
            var wraps = box is { Min: { } a, Max: { } b } && a > b;
            Keep(
                holds,
                row =>
                    wraps
                        ? batch.RaDeg[row] >= box.Min || batch.RaDeg[row] <= box.Max
                        : !(batch.RaDeg[row] < box.Min) && !(batch.RaDeg[row] > box.Max)
            );
        }
        foreach (var (name, (get, _, _)) in StarFilter.Ranges)
        {
            if (get(_filter) is not { } range || range is { Min: null, Max: null })
                continue;
            var values = FieldsOf(name).Select(f => StarNumbers.Of(batch, f)).ToArray();
            Keep(holds, row => Holds(range, Value(name, values, row)));
        }
        return holds;
    }

    private static void Keep(bool[] holds, Func<int, bool> condition)
    {
        for (var row = 0; row < holds.Length; row++)
            holds[row] = holds[row] && condition(row);
    }

    private static double Value(string name, double[]?[] values, int row)
    {
        double At(int column) => values[column] is { } known ? known[row] : double.NaN;
        return name switch
        {
            // No star has a ratio to an error of 0.
            "parallax_over_error" => At(1) == 0 ? double.NaN : At(0) / At(1),
            "proper_motion_mas_yr" => Math.Sqrt(At(0) * At(0) + At(1) * At(1)),
            _ => At(0),
        };
    }

    // What is not known fulfils nothing.
    private static bool Holds(Bounds range, double value) => !double.IsNaN(value) && !(value < range.Min) && !(value > range.Max);

    // As the database has it: haversine, stable for small radii.
    private static bool IsIn(Cone cone, double ra, double dec)
    {
        var (up, across) = (SinHalf(dec - cone.DecDeg), SinHalf(ra - cone.RaDeg));
        var radius = SinHalf(Math.Max(cone.RadiusDeg, 1e-13));
        return up * up + Math.Cos(dec * Constants.Degree) * Math.Cos(cone.DecDeg * Constants.Degree) * across * across <= radius * radius;
    }

    private static double SinHalf(double degrees) => Math.Sin(degrees / 2 * Constants.Degree);
}
