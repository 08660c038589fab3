using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// Covariances of the single stars' errors in the space that is searched, from their errors and, where they are known, correlations. An
/// axis whose errors fewer than half of the stars have counts as one without errors: what its errors do is a part of the scatter of the
/// members along it.
/// </summary>
internal sealed class StarErrors
{
    private const double LeastShare = 0.5;

    private static readonly string[] s_errors = [StarColumns.PmraErrorName, StarColumns.PmdecErrorName, StarColumns.ParallaxErrorName];

    // Of the axes 0 and 1, 0 and 2, 1 and 2.
    private static readonly string[] s_correlations =
    [
        StarColumns.PmraPmdecCorrelationName,
        StarColumns.ParallaxPmraCorrelationName,
        StarColumns.ParallaxPmdecCorrelationName,
    ];

    private readonly int[] _rows;
    private readonly double[]?[] _errors; // null = of this axis none are known
    private readonly double[]?[] _correlations;
    private readonly double[] _weights;
    private readonly FrameTurn[]? _turns;

    private StarErrors(int[] rows, double[]?[] errors, double[]?[] correlations, double[] weights, FrameTurn[]? turns)
    {
        _turns = turns;
        _rows = rows;
        _errors = errors;
        _correlations = correlations;
        _weights = weights;
    }

    /// <summary>Names of the columns that are used, where they are there.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. s_errors, .. s_correlations];

    /// <summary>Null where no axis has errors.</summary>
    /// <param name="rows">of the matrix, one for each star</param>
    /// <param name="weights">of the axes: pmra, pmdec and, where there is one, parallax</param>
    /// <param name="turns">of the motions of each star; null = they stay as they are</param>
    public static StarErrors? Of(FeatureMatrix features, int[] rows, double[] weights, FrameTurn[]? turns = null)
    {
        var errors = new double[]?[weights.Length];
        for (var d = 0; d < errors.Length; d++)
            if (features.Beside.TryGetValue(s_errors[d], out var values) && rows.Count(r => IsError(values[r])) >= LeastShare * rows.Length)
                errors[d] = values;
        return rows.Length == 0 || errors.All(e => e is null)
            ? null
            : new StarErrors(rows, errors, [.. s_correlations.Select(name => features.Beside.GetValueOrDefault(name))], weights, turns);
    }

    /// <summary>The covariance of a star's errors.</summary>
    /// <param name="covariance">row by row; zero where an axis has no errors</param>
    /// <returns>false where the star lacks an error that the others have</returns>
    public bool TryGet(int star, Span<double> covariance)
    {
        var row = _rows[star];
        var size = _errors.Length;
        Span<double> error = stackalloc double[size];
        for (var d = 0; d < size; d++)
        {
            if (_errors[d] is { } values && !IsError(values[row]))
                return false;
            error[d] = _errors[d] is { } known ? _weights[d] * known[row] : 0;
        }

        covariance.Clear();
        for (var d = 0; d < size; d++)
            covariance[d * size + d] = error[d] * error[d];
        double ab = Correlation(0, row),
            ac = size == 3 ? Correlation(1, row) : 0,
            bc = size == 3 ? Correlation(2, row) : 0;
        // What is no correlation matrix was not measured so.
        if (1 - ab * ab - ac * ac - bc * bc + 2 * ab * ac * bc <= 1e-9 || Math.Max(ab * ab, Math.Max(ac * ac, bc * bc)) >= 1)
            return Turned(star, covariance);
        covariance[1] = covariance[size] = ab * error[0] * error[1];
        if (size == 3)
        {
            covariance[2] = covariance[6] = ac * error[0] * error[2];
            covariance[5] = covariance[7] = bc * error[1] * error[2];
        }

        return Turned(star, covariance);
    }

    private bool Turned(int star, Span<double> covariance)
    {
        _turns?[star].Apply(covariance, _errors.Length);
        return true;
    }

    private double Correlation(int pair, int row) => _correlations[pair]?[row] is { } value && double.IsFinite(value) ? value : 0;

    // No error and fill values are none that anything was measured with.
    private static bool IsError(double error) => error is >= 1e-6 and <= 1e6;
}
