using Almagest.Discovery.Features;

namespace Almagest.Discovery.Redraws;

/// <summary>
/// The errors of the measurements that a recipe uses, with their correlations: Gaia's five-parameter covariance, or the part of it that
/// there is. Magnitudes and colours stay as they are measured: a ledger keeps no errors of them.
/// </summary>
internal sealed class MeasurementErrors
{
    /// <summary>The most measurements of a star: position, parallax, proper motion, radial velocity.</summary>
    public const int Most = 6;

    private static readonly (StarColumn Column, string Error)[] s_known =
    [
        (StarColumn.Ra, StarColumns.RaErrorName),
        (StarColumn.Dec, StarColumns.DecErrorName),
        (StarColumn.Parallax, StarColumns.ParallaxErrorName),
        (StarColumn.Pmra, StarColumns.PmraErrorName),
        (StarColumn.Pmdec, StarColumns.PmdecErrorName),
        (StarColumn.RadialVelocity, StarColumns.RadialVelocityErrorName),
    ];

    private readonly StarColumn[] _columns;
    private readonly double[][] _values;
    private readonly double[][] _errors;
    private readonly double[]?[] _correlations;
    private readonly bool _areIndependent;

    private MeasurementErrors(StarColumn[] columns) => (_columns, _values, _errors, _correlations) = (columns, [], [], []);

    private MeasurementErrors(StarColumns stars, StarColumn[] columns)
    {
        _columns = columns;
        _errors = Array.ConvertAll(columns, c => stars.Further[s_known.First(k => k.Column == c).Error]);
        _values = Array.ConvertAll(columns, c => stars.Values(c));
        _correlations = new double[columns.Length * columns.Length][];
        for (var i = 0; i < columns.Length; i++)
        for (var j = 0; j < i; j++)
            _correlations[i * columns.Length + j] = CorrelationName(columns[j], columns[i]) is { } name
                ? stars.Further.GetValueOrDefault(name)
                : null;
        _areIndependent = Array.TrueForAll(_correlations, c => c is null);
    }

    /// <summary>The measurements of which some star has an error.</summary>
    public IReadOnlyList<StarColumn> Columns => _columns;

    public int Count => _columns.Length;

    /// <summary>The names of the numbers beside the usual ones that it takes, where they are loaded.</summary>
    public static IReadOnlyList<string> Names(FeatureRecipe recipe)
    {
        var columns = s_known.Where(k => recipe.Needs.Contains(k.Column)).ToArray();
        var names = columns.Select(k => k.Error).ToList();
        for (var i = 0; i < columns.Length; i++)
        for (var j = 0; j < i; j++)
            if (CorrelationName(columns[j].Column, columns[i].Column) is { } name)
                names.Add(name);
        return names;
    }

    /// <param name="needs">what the features are made of</param>
    public static MeasurementErrors Of(StarColumns stars, IReadOnlyList<StarColumn> needs)
    {
        var (found, known) = (new HashSet<StarColumn>(), s_known.Where(k => needs.Contains(k.Column)).ToList());
        foreach (var (_, tile) in stars.Tiles())
            found.UnionWith(known.Where(k => tile.Further.GetValueOrDefault(k.Error)?.Any(IsError) == true).Select(k => k.Column));
        StarColumn[] columns = [.. known.Select(k => k.Column).Where(found.Contains)];
        return stars.IsInMemory ? new MeasurementErrors(stars, columns) : new MeasurementErrors(columns);
    }

    /// <summary>Of some stars of a selection, in memory.</summary>
    /// <param name="columns">the measurements of which some star of the selection has an error</param>
    public static MeasurementErrors OfTile(StarColumns tile, IReadOnlyList<StarColumn> columns) => new(tile, [.. columns]);

    /// <summary>The same for some of the stars, which are in memory.</summary>
    public MeasurementErrors On(StarColumns tile) => new(tile, _columns);

    /// <summary>Whether any measurement of the star has an error.</summary>
    public bool Has(int row)
    {
        for (var i = 0; i < _errors.Length; i++)
            if (IsKnown(row, i))
                return true;
        return false;
    }

    /// <summary>A factor of the star's covariance, its lower half, row by row. What has no error, or no value, does not move. Correlations
    /// that contradict each other are left out.</summary>
    public void Factor(int row, Span<double> factor)
    {
        if (_areIndependent)
            Diagonal(row, factor);
        else if (!TryFactor(row, factor, true))
            TryFactor(row, factor, false);
    }

    private void Diagonal(int row, Span<double> factor)
    {
        var size = _errors.Length;
        factor[..(size * size)].Clear();
        for (var i = 0; i < size; i++)
            factor[i * size + i] = IsKnown(row, i) ? _errors[i][row] : 0;
    }

    private bool TryFactor(int row, Span<double> factor, bool correlated)
    {
        var size = _errors.Length;
        factor[..(size * size)].Clear();
        for (var i = 0; i < size; i++)
        {
            if (!IsKnown(row, i))
                continue;
            // Of the correlation matrix, so that units do not matter.
            double left = 1;
            for (var j = 0; j < i; j++)
            {
                if (factor[j * size + j] == 0)
                    continue;
                var sum = correlated ? Correlation(row, i, j) : 0;
                for (var k = 0; k < j; k++)
                    sum -= factor[i * size + k] * factor[j * size + k];
                var part = sum / factor[j * size + j];
                factor[i * size + j] = part;
                left -= part * part;
            }
            if (!(left >= -1e-9))
                return false;
            // All but determined by the others; a division by it would be noise.
            factor[i * size + i] = Math.Sqrt(Math.Max(left, 1e-9));
        }
        for (var i = 0; i < size; i++)
        for (var j = 0; j <= i; j++)
            factor[i * size + j] *= _errors[i][row];
        return true;
    }

    private double Correlation(int row, int i, int j) =>
        _correlations[i * _errors.Length + j]?[row] is { } value && value is >= -1 and <= 1 ? value : 0;

    private bool IsKnown(int row, int i) => IsError(_errors[i][row]) && Math.Abs(_values[i][row]) <= FeaturePipeline.MaxMagnitude;

    private static bool IsError(double value) => value is >= DistanceRule.LeastErrorMas and <= FeaturePipeline.MaxMagnitude;

    private static string? CorrelationName(StarColumn first, StarColumn second) =>
        first == StarColumn.RadialVelocity || second == StarColumn.RadialVelocity ? null : $"{Word(first)}_{Word(second)}_corr";

    private static string Word(StarColumn column) =>
        column switch
        {
            StarColumn.Ra => "ra",
            StarColumn.Dec => "dec",
            StarColumn.Parallax => "parallax",
            StarColumn.Pmra => "pmra",
            _ => "pmdec",
        };
}
