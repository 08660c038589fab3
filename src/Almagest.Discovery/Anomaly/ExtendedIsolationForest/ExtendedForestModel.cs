using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly.ExtendedIsolationForest;

/// <summary>A grown forest: immutable, safe to use from several threads.</summary>
internal sealed class ExtendedForestModel : IRowScorer
{
    /// <summary>Rows of a block stay in the first-level cache while the trees pass over them.</summary>
    private const int BlockRows = 512;

    private readonly ObliqueTree[] _trees;
    private readonly double _normaliser;

    private ExtendedForestModel(ObliqueTree[] trees, int subsample)
    {
        _trees = trees;
        Subsample = subsample;
        _normaliser = trees.Length * AveragePathLength.FromRoot(0, subsample);
    }

    public int Subsample { get; }

    public void Write(BinaryWriter to)
    {
        to.Write(Subsample);
        to.Write(_trees.Length);
        foreach (var tree in _trees)
            tree.Write(to);
    }

    public static ExtendedForestModel Read(BinaryReader from, int columns)
    {
        var subsample = from.ReadInt32();
        var trees = new ObliqueTree[from.ReadInt32()];
        for (var t = 0; t < trees.Length; t++)
            trees[t] = ObliqueTree.Read(from, columns);
        return new ExtendedForestModel(trees, subsample);
    }

    /// <exception cref="DiscoveryException">fewer than five rows, no column, or a value that cannot be taken</exception>
    public static ExtendedForestModel Grow(FeatureMatrix features, ExtendedForestParameters parameters, AlgorithmContext context)
    {
        InputGuard.Require(features, "an extended isolation forest");
        var subsample = Math.Min(parameters.MaxSamples, features.Rows);
        var level = Math.Min(parameters.ExtensionLevel ?? int.MaxValue - 1, features.Columns - 1);
        var trees = new ObliqueTree[parameters.NEstimators];
        RowBlocks.For(
            trees.Length,
            context.MaxThreads,
            t => trees[t] = ObliqueTree.Grow(features, subsample, level, parameters.RandomState, t),
            context.CancellationToken
        );
        return new ExtendedForestModel(trees, subsample);
    }

    public Sequence<double> ScoreSamples(FeatureMatrix features, AlgorithmContext context)
    {
        var scores = features.Room.Create<double>(features.Rows);
        var blocks = (features.Rows + BlockRows - 1) / BlockRows;
        var done = 0;
        RowBlocks.ForEach(
            features.Rows,
            BlockRows,
            context.MaxThreads,
            (first, count) =>
            {
                using var rows = features.Block(first, count);
                using var sums = scores.Blank(first, count);
                Score(rows.Span, [], sums.Span);
                scores.Write(first, sums.Span);
                context.Progress?.Report((double)Interlocked.Increment(ref done) / blocks);
            },
            context.CancellationToken
        );
        return scores;
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        Sum(rows, scores);
        foreach (ref var score in scores)
            score = Score(score);
    }

    /// <summary>The path lengths of rows, means over the trees.</summary>
    public void PathLengths(ReadOnlySpan<double> rows, Span<double> means)
    {
        Sum(rows, means);
        for (var i = 0; i < means.Length; i++)
            means[i] /= _trees.Length;
    }

    public double Score(ReadOnlySpan<double> row)
    {
        double sum = 0;
        foreach (var tree in _trees)
            sum += tree.PathLength(row);
        return Score(sum);
    }

    private double Score(double sum) => -Math.Pow(2, -sum / _normaliser);

    private void Sum(ReadOnlySpan<double> rows, Span<double> sums)
    {
        sums.Clear();
        foreach (var tree in _trees)
            tree.Add(rows, sums);
    }
}
