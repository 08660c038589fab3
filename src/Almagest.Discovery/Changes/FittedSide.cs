using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Changes;

/// <summary>One of two runs that are compared star by star: its detector, the features that it was fitted to, its threshold. Safe to use
/// from several threads.</summary>
public sealed class FittedSide
{
    private readonly FeatureRows _rows;
    private readonly IRowScorer _scorer;
    private readonly bool _keepsDistance;

    /// <param name="prepared">what the run saw, with its stars</param>
    /// <param name="found">what it found by these parameters, which ask for draws: the detector is kept for those</param>
    /// <exception cref="ArgumentException">the detector was not kept</exception>
    public FittedSide(PreparedFeatures prepared, AnomalyResult found, RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(parameters);
        _scorer = found.Scorer ?? throw new ArgumentException("the detector was not kept", nameof(found));
        _rows = FeatureRows.Of(prepared, parameters.Distances);
        _keepsDistance = parameters.Missing == RunParameters.Exclude;
        Offset = found.Offset;
        Columns = prepared.Matrix.Columns;
        Needs = _rows.Needs;
        UsesErrors =
            prepared.Matrix.Names.Any(name => prepared.Recipe.Features.First(f => f.Name == name).UsesMotionErrors)
            || (!_keepsDistance && _rows.UsesDistance);
    }

    /// <summary>The threshold on raw scores.</summary>
    public double Offset { get; }

    /// <summary>The catalogue columns that the features are made of.</summary>
    internal IReadOnlyList<StarColumn> Needs { get; }

    /// <summary>Whether the features look at the errors of the measurements, beside the choice of the stars.</summary>
    internal bool UsesErrors { get; }

    internal int Columns { get; }

    /// <summary>Writes the features of values that may be of either catalogue.</summary>
    /// <param name="errors">whose errors they have</param>
    internal void Derive(ReadOnlySpan<double> values, MeasuredStar errors, Span<double> row) =>
        _rows.Derive(_rows.Filled(values, errors.ParallaxError, errors.PmraError, errors.PmdecError, _keepsDistance), row);

    /// <param name="star">the fitted row of the star that the rows are of</param>
    internal double[] Score(double[] rows, int star)
    {
        var scores = new double[rows.Length / Columns];
        var of = new int[scores.Length];
        Array.Fill(of, star);
        _scorer.Score(rows, of, scores);
        foreach (ref var score in scores.AsSpan())
            score = AnomalyAlgorithm.InReach(score);
        return scores;
    }
}
