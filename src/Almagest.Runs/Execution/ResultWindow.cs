using Almagest.Discovery.Clustering;
using Almagest.Discovery.Storage;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Execution;

/// <summary>What a run says of its stars: of stars in memory at once, of others of so many as are asked for one after the other. Not
/// thread-safe.</summary>
internal sealed class ResultWindow
{
    private readonly Sequence<long> _allIds;
    private readonly Sequence<double>? _allScores,
        _allShares,
        _allSpreads;
    private readonly Sequence<int>? _allLabels;
    private readonly ClusterResult? _clusters;
    private readonly double _offset;
    private readonly int _most;
    private long[] _ids = [];
    private double[] _scores = [];
    private int[] _labels = [];
    private double[]? _shares;
    private double[]? _spreads;
    private int _first;

    public ResultWindow(StarAnalysis analysis)
        : this(
            analysis.Stars.Ids,
            analysis.Anomalies?.Scores,
            analysis.Anomalies?.Offset ?? 0,
            analysis.Draws?.OfShares,
            analysis.Draws?.OfSpreads
        ) => (_clusters, _allLabels) = (analysis.Clusters, analysis.Clusters?.OfLabels);

    /// <param name="scores">raw</param>
    public ResultWindow(Sequence<long> ids, Sequence<double>? scores, double offset, Sequence<double>? shares, Sequence<double>? spreads)
    {
        (_allIds, _allScores, _offset, _allShares, _allSpreads) = (ids, scores, offset, shares, spreads);
        _most = MostOf((int)ids.Count);
    }

    /// <summary>Stars of one look into the files. The hash asks for as many in an order of its own: with fewer, each star would be another
    /// look.</summary>
    /// <param name="stars">of the run</param>
    public static int MostOf(int stars) => RowsHash.SortedAtOnce(stars);

    public StoredResult Row(int row)
    {
        var at = row - _first;
        if ((uint)at >= (uint)_ids.Length)
        {
            Move(row);
            at = row - _first;
        }
        if (_clusters is { } clusters)
            return new StoredResult(
                _ids[at],
                false,
                null,
                _labels[at],
                clusters.Strengths?[row],
                clusters.Probabilities?[row],
                Stability: Known(_shares, at)
            );
        var score = _scores[at] - _offset;
        return new StoredResult(_ids[at], score < 0, score, null, FlagProbability: Known(_shares, at), ScoreSpread: Known(_spreads, at));
    }

    private void Move(int row)
    {
        var isInMemory = _allIds.Array is not null;
        _first = isInMemory ? 0 : row / _most * _most;
        var count = isInMemory ? (int)_allIds.Count : (int)Math.Min(_most, _allIds.Count - _first);
        _ids = Part(_allIds, count, _ids)!;
        _scores = Part(_allScores, count, _scores) ?? [];
        _labels = Part(_allLabels, count, _labels) ?? [];
        _shares = Part(_allShares, count, _shares);
        _spreads = Part(_allSpreads, count, _spreads);
    }

    private T[]? Part<T>(Sequence<T>? of, int count, T[]? before)
        where T : unmanaged
    {
        if (of is null || of.Array is not null)
            return of?.Array;
        var part = before?.Length == count ? before : new T[count];
        of.CopyTo(_first, part);
        return part;
    }

    private static double? Known(double[]? values, int row) => values is not null && !double.IsNaN(values[row]) ? values[row] : null;
}
