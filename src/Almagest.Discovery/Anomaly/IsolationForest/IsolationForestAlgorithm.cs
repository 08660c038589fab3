using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Isolation forest (Liu, Ting and Zhou, ICDM 2008), with scores and threshold defined as scikit-learn's <c>IsolationForest</c>
/// defines them. Features are double precision throughout (scikit-learn rounds them to single).
/// </summary>
internal sealed class IsolationForestAlgorithm : AnomalyAlgorithm<IsolationForestParameters>, IExplainable, IPortableDetector
{
    private IsolationForestAlgorithm() { }

    public static IsolationForestAlgorithm Instance { get; } = new();

    public override bool NeedsAllStars => false;

    public override string Name => IsolationForestParameters.Name;

    public override string Title => "isolation forest";

    public override string Finds => "unusual stars";

    public override string Reference => "Liu, Ting and Zhou 2008, Isolation Forest, IEEE ICDM, 413";

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        new IsolationForestExplainer(IsolationForestModel.Grow(features, (IsolationForestParameters)parameters, context));

    public long MostBytes(RunParameters parameters, int features) =>
        parameters is IsolationForestParameters p ? (long)p.NEstimators * 2 * p.MaxSamples * IsolationForestModel.BytesOfNode : 0;

    public IRowScorer FitScorer(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        IsolationForestModel.Grow(features, (IsolationForestParameters)parameters, context);

    public void Write(IRowScorer scorer, BinaryWriter to) => ((IsolationForestModel)scorer).Write(to);

    public IRowScorer Read(BinaryReader from, IReadOnlyList<string> features) => IsolationForestModel.Read(from, features);

    private protected override FittedScores Score(FeatureMatrix features, IsolationForestParameters parameters, AlgorithmContext context)
    {
        var model = IsolationForestModel.Grow(features, parameters, context);
        var scores = features.Room.Create<double>(features.Rows);
        model.ScoreSamples(features, scores, context.Progress, context.CancellationToken);
        return new FittedScores(scores, model);
    }
}
