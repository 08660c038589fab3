using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.ExtendedIsolationForest;

/// <summary>
/// Extended isolation forest: an isolation forest whose cuts are in random directions, so that its scores do not follow the axes. Scores
/// are those of scikit-learn's <c>IsolationForest</c> for such trees: minus the paper's.
/// </summary>
internal sealed class ExtendedForestAlgorithm : AnomalyAlgorithm<ExtendedForestParameters>, IExplainable, IPortableDetector
{
    private ExtendedForestAlgorithm() { }

    public static ExtendedForestAlgorithm Instance { get; } = new();

    public override bool NeedsAllStars => false;

    public override string Name => ExtendedForestParameters.Name;

    public override string Title => "extended isolation forest";

    public override string Finds => "unusual stars, with cuts in any direction";

    public override string Reference => "Hariri, Carrasco Kind and Brunner 2021, Extended Isolation Forest, IEEE TKDE 33, 1479";

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        new ExtendedForestExplainer(ExtendedForestModel.Grow(features, (ExtendedForestParameters)parameters, context), features);

    public long MostBytes(RunParameters parameters, int features) =>
        parameters is ExtendedForestParameters p ? (long)p.NEstimators * 4 * p.MaxSamples * sizeof(double) * (features + 3) : 0;

    public IRowScorer FitScorer(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        ExtendedForestModel.Grow(features, (ExtendedForestParameters)parameters, context);

    public void Write(IRowScorer scorer, BinaryWriter to) => ((ExtendedForestModel)scorer).Write(to);

    public IRowScorer Read(BinaryReader from, IReadOnlyList<string> features) => ExtendedForestModel.Read(from, features.Count);

    private protected override FittedScores Score(FeatureMatrix features, ExtendedForestParameters parameters, AlgorithmContext context)
    {
        var model = ExtendedForestModel.Grow(features, parameters, context);
        return new FittedScores(model.ScoreSamples(features, context), model);
    }
}
