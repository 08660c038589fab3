using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// Robust covariance: the squared Mahalanobis distance from the bulk of the stars, whose centre and covariance are those of the half of the
/// stars with the smallest determinant (FAST-MCD), corrected and reweighted as scikit-learn's <c>EllipticEnvelope</c> does. Scores are the
/// negative squared distances, as there.
/// </summary>
internal sealed class McdAlgorithm : AnomalyAlgorithm<McdParameters>, IExplainable, IPortableDetector
{
    private McdAlgorithm() { }

    public static McdAlgorithm Instance { get; } = new();

    public override bool NeedsAllStars => false;

    public override string Name => McdParameters.Name;

    public override string Title => "robust covariance";

    public override string Finds => "stars far from the bulk of the others, which is taken for one ellipsoid";

    public override string Reference =>
        "Rousseeuw and Van Driessen 1999, A Fast Algorithm for the Minimum Covariance Determinant Estimator, Technometrics 41, 212";

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        new McdExplainer(McdModel.Fit(features, (McdParameters)parameters, context));

    public long MostBytes(RunParameters parameters, int features) => sizeof(double) * (features + 4) * (features + 4);

    public IRowScorer FitScorer(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        McdModel.Fit(features, (McdParameters)parameters, context);

    public void Write(IRowScorer scorer, BinaryWriter to) => ((McdModel)scorer).Write(to);

    public IRowScorer Read(BinaryReader from, IReadOnlyList<string> features) => McdModel.Read(from);

    private protected override FittedScores Score(FeatureMatrix features, McdParameters parameters, AlgorithmContext context)
    {
        var model = McdModel.Fit(features, parameters, context);
        var scores = model.ScoreSamples(features, context);
        context.Progress?.Report(1);
        return new FittedScores(scores, model);
    }
}
