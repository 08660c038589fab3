using System.Collections.Concurrent;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Anomaly.Knn;

/// <summary>Scores other values of the stars against all the other stars as they were measured.</summary>
internal sealed class KnnScorer(NeighbourTree tree, int k, string method) : IRowScorer
{
    private readonly Lazy<int[]> _places = new(tree.Places);
    private readonly ConcurrentBag<NeighbourSearch> _idle = [];

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        var places = _places.Value;
        var columns = scores.Length == 0 ? 0 : rows.Length / scores.Length;
        var search = _idle.TryTake(out var idle) ? idle : new NeighbourSearch(tree, k);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = -KnnAlgorithm.Measure(search, rows.Slice(i * columns, columns), places[of[i]], method);
        _idle.Add(search);
    }
}
