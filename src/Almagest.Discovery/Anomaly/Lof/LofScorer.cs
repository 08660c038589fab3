using System.Collections.Concurrent;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>
/// Scores other values of the stars against all the other stars as they were measured, which keep the densities that they had: as
/// scikit-learn's <c>LocalOutlierFactor</c> scores new rows, but for the star itself, which is not there any more.
/// </summary>
internal sealed class LofScorer(LofModel model) : IRowScorer
{
    private readonly Lazy<int[]> _places = new(model.Tree.Places);
    private readonly ConcurrentBag<LofModel.Neighbourhood> _idle = [];

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        var places = _places.Value;
        var columns = scores.Length == 0 ? 0 : rows.Length / scores.Length;
        var around = _idle.TryTake(out var idle) ? idle : new LofModel.Neighbourhood(model);
        for (var i = 0; i < scores.Length; i++)
        {
            around.MoveTo(rows.Slice(i * columns, columns), places[of[i]]);
            scores[i] = -around.FactorOfPoint();
        }
        _idle.Add(around);
    }
}
