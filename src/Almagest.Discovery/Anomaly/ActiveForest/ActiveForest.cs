using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>An isolation forest that goes on learning from answers; one for a review. Immutable, thread-safe.</summary>
public sealed class ActiveForest
{
    private readonly FeatureMatrix _features;
    private readonly IsolationForestModel _forest;
    private readonly PathLengths _before;

    private ActiveForest(FeatureMatrix features, IsolationForestModel forest, double[] lengths)
    {
        (_features, _forest, _before) = (features, forest, PathLengths.Of(lengths));
        Unlearned = forest.ScoresOf(lengths);
    }

    /// <summary>The scores without any answer, which are the isolation forest's: lower = more anomalous.</summary>
    public double[] Unlearned { get; }

    /// <exception cref="DiscoveryException">the features cannot be taken</exception>
    public static ActiveForest Grow(FeatureMatrix features, ActiveForestParameters parameters, AlgorithmContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(parameters);
        var forest = IsolationForestModel.Grow(
            features,
            new IsolationForestParameters
            {
                NEstimators = parameters.NEstimators,
                MaxSamples = parameters.MaxSamples,
                RandomState = parameters.RandomState,
            },
            context
        );
        return new ActiveForest(features, forest, forest.PathLengths(features, null, context?.CancellationToken ?? default));
    }

    /// <summary>What it says of all stars after these answers; the order in which they are given does not matter.</summary>
    /// <param name="answers">by row: whether it is interesting</param>
    public LearnedForest Learn(IReadOnlyDictionary<int, bool> answers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var learned = Model(answers);
        var scores = learned == _forest ? Unlearned : learned.ScoreSamples(_features, cancellationToken: cancellationToken);
        return new LearnedForest(scores, Explainer(learned));
    }

    /// <summary>Says why a star has its score after these answers.</summary>
    internal IsolationForestExplainer Explain(IReadOnlyDictionary<int, bool> answers) => Explainer(Model(answers));

    private IsolationForestExplainer Explainer(IsolationForestModel learned) =>
        new(learned, learned == _forest ? ScoreMeasure.PathLength : ActiveForestAlgorithm.Measure);

    /// <summary>The forest alone, without the scores of the stars.</summary>
    internal IsolationForestModel Model(IReadOnlyDictionary<int, bool> answers) =>
        LeafLearning.Learn(
            _forest,
            _before,
            [.. answers.OrderBy(a => a.Key).Select(a => (a.Key, a.Value))],
            row => _features.Row(row).ToArray()
        );
}

/// <summary>A forest after some answers.</summary>
/// <param name="Scores">of all stars, in their order: lower = more anomalous</param>
public sealed record LearnedForest(double[] Scores, IAnomalyExplainer Explainer);
