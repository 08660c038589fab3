using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly;

/// <summary>
/// Isolation forest (Liu, Ting and Zhou, ICDM 2008), with scores and threshold defined as scikit-learn's <c>IsolationForest</c>
/// defines them. Features are double precision throughout (scikit-learn rounds them to single).
/// </summary>
public sealed class IsolationForest : IAnomalyDetector
{
    readonly IsolationForestOptions options;

    /// <exception cref="DiscoveryException">an option is out of its range</exception>
    public IsolationForest(IsolationForestOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
    }

    /// <inheritdoc />
    public AnomalyResult Detect(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        AnomalyResult.FromScores(Fit(features, cancellation).ScoreSamples(features, progress, cancellation), options.Contamination);

    /// <summary>Grows the trees alone. Their cost does not depend on the number of rows.</summary>
    /// <exception cref="DiscoveryException">fewer than five rows, or no column</exception>
    public IsolationForestModel Fit(FeatureMatrix features, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rows < IsolationForestOptions.MinStars)
            throw new DiscoveryException($"The selection holds {features.Rows} stars; an isolation forest needs at least {IsolationForestOptions.MinStars}. Widen the filter.");
        if (features.Columns == 0)
            throw new DiscoveryException("The matrix has no feature. Choose a recipe that the dataset's columns can fill.");
        var subsample = Math.Min(options.Subsample, features.Rows);
        var trees = new IsolationTree[options.Trees];
        RowBlocks.For(trees.Length, options.MaxThreads, t => trees[t] = IsolationTreeBuilder.Grow(features, subsample, options.Seed, t), cancellation);
        return new IsolationForestModel(trees, subsample, features.Names, options.MaxThreads);
    }
}
