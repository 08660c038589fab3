using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>A grown forest: immutable, safe to use from several threads.</summary>
internal sealed class IsolationForestModel : IRowScorer
{
    private const int BlockRows = 1 << 12;

    private readonly double _normaliser;
    private IForestScorer? _scorer;

    internal IsolationForestModel(IReadOnlyList<IsolationTree> trees, int subsample, IReadOnlyList<string> featureNames, int maxThreads)
    {
        Trees = trees;
        Subsample = subsample;
        FeatureNames = featureNames;
        MaxThreads = maxThreads;
        _normaliser = trees.Count * AveragePathLength.FromRoot(0, subsample);
    }

    /// <summary>Grows the trees. Their cost does not depend on the number of rows.</summary>
    /// <param name="parameters">the contamination does not matter</param>
    /// <exception cref="DiscoveryException">a parameter is out of range; fewer than five rows, or no column</exception>
    public static IsolationForestModel Grow(FeatureMatrix features, IsolationForestParameters parameters, AlgorithmContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Validate();
        context ??= new AlgorithmContext();
        if (features.Rows < Algorithm.MinStars)
        {
            throw new DiscoveryException(
                $"The selection holds {features.Rows} stars; an isolation forest needs at least {Algorithm.MinStars}. Widen the filter."
            );
        }
        if (features.Columns == 0)
            throw new DiscoveryException("The matrix has no feature. Choose a recipe that the dataset's columns can fill.");
        var subsample = Math.Min(parameters.MaxSamples, features.Rows);
        var trees = new IsolationTree[parameters.NEstimators];
        RowBlocks.For(
            trees.Length,
            context.MaxThreads,
            t => trees[t] = IsolationTreeBuilder.Grow(features, subsample, parameters.RandomState, t),
            context.CancellationToken
        );
        return new IsolationForestModel(trees, subsample, features.Names, context.MaxThreads);
    }

    /// <summary>A node as it is written.</summary>
    public const int BytesOfNode = 4 * sizeof(int) + 2 * sizeof(double);

    public void Write(BinaryWriter to)
    {
        to.Write(Subsample);
        to.Write(Trees.Count);
        foreach (var tree in Trees)
        {
            to.Write(tree.Nodes);
            for (var node = 0; node < tree.Nodes; node++)
            {
                to.Write(tree.Feature[node]);
                to.Write(tree.Threshold[node]);
                to.Write(tree.Left[node]);
                to.Write(tree.Right[node]);
                to.Write(tree.Count[node]);
                to.Write(tree.PathLength[node]);
            }
        }
    }

    public static IsolationForestModel Read(BinaryReader from, IReadOnlyList<string> featureNames)
    {
        var subsample = from.ReadInt32();
        var trees = new IsolationTree[from.ReadInt32()];
        for (var t = 0; t < trees.Length; t++)
        {
            var nodes = from.ReadInt32();
            var tree = trees[t] = new IsolationTree
            {
                Feature = new int[nodes],
                Threshold = new double[nodes],
                Left = new int[nodes],
                Right = new int[nodes],
                Count = new int[nodes],
                PathLength = new double[nodes],
            };
            for (var node = 0; node < nodes; node++)
            {
                tree.Feature[node] = from.ReadInt32();
                tree.Threshold[node] = from.ReadDouble();
                tree.Left[node] = from.ReadInt32();
                tree.Right[node] = from.ReadInt32();
                tree.Count[node] = from.ReadInt32();
                tree.PathLength[node] = from.ReadDouble();
            }
        }
        return new IsolationForestModel(trees, subsample, featureNames, 0);
    }

    /// <summary>Stars that each tree was grown from: the option, or the number of rows where that is less.</summary>
    public int Subsample { get; }

    public IReadOnlyList<string> FeatureNames { get; }

    internal IReadOnlyList<IsolationTree> Trees { get; }

    internal int MaxThreads { get; }

    /// <summary>
    /// scikit-learn's <c>score_samples</c>: <c>-2^(-E[h] / c(subsample))</c> with h the path length in a tree; in [-1, 0), lower =
    /// more anomalous. A row's score depends on no other row.
    /// </summary>
    /// <param name="progress">told the share done, from 0 to 1, from any thread</param>
    /// <exception cref="DiscoveryException">the matrix has other features than the forest, or a value that is not finite</exception>
    public double[] ScoreSamples(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        var scores = new double[features.Rows];
        ScoreSamples(features, scores, progress, cancellationToken);
        return scores;
    }

    /// <param name="scores">of all rows</param>
    /// <inheritdoc cref="ScoreSamples(FeatureMatrix, IProgress{double}, CancellationToken)"/>
    public void ScoreSamples(
        FeatureMatrix features,
        Sequence<double> scores,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    ) => Walk(features, scores, asScores: true, progress, cancellationToken);

    /// <summary>The path length of every row, summed over the trees.</summary>
    /// <inheritdoc cref="ScoreSamples(FeatureMatrix, IProgress{double}, CancellationToken)"/>
    internal double[] PathLengths(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        var lengths = new double[features.Rows];
        Walk(features, lengths, asScores: false, progress, cancellationToken);
        return lengths;
    }

    private void Walk(
        FeatureMatrix features,
        Sequence<double> results,
        bool asScores,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    )
    {
        if (!features.Names.SequenceEqual(FeatureNames))
            throw new DiscoveryException(
                $"The forest was grown on {string.Join(", ", FeatureNames)}; the matrix has {string.Join(", ", features.Names)}. "
                    + $"Prepare it with the same recipe."
            );
        var scorer = _scorer = ForestKernel.Choose(Trees, features.Columns, features.Rows);
        var blocks = (features.Rows + BlockRows - 1) / BlockRows;
        var done = 0;
        RowBlocks.ForEach(
            features.Rows,
            BlockRows,
            MaxThreads,
            (first, count) =>
            {
                using var rows = features.Block(first, count);
                FiniteGuard.Require(rows.Span, first, features.Names);
                using var sums = results.Blank(first, count);
                scorer.SumPathLengths(rows.Span, sums.Span);
                if (asScores)
                    ToScores(sums.Span);
                results.Write(first, sums.Span);
                progress?.Report((double)Interlocked.Increment(ref done) / blocks);
            },
            cancellationToken
        );
    }

    /// <summary>The score of each sum of path lengths.</summary>
    internal double[] ScoresOf(double[] lengths)
    {
        var scores = (double[])lengths.Clone();
        ToScores(scores);
        return scores;
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        var scorer = _scorer ??= ForestKernel.Choose(Trees, FeatureNames.Count, int.MaxValue);
        scorer.SumPathLengths(rows, scores);
        ToScores(scores);
    }

    private void ToScores(Span<double> sums)
    {
        foreach (ref var sum in sums)
            sum = -Math.Pow(2, -sum / _normaliser);
    }
}
