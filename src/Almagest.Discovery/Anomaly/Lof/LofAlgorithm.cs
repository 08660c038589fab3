using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>
/// Local outlier factor (Breunig, Kriegel, Ng and Sander, SIGMOD 2000) as scikit-learn's <c>LocalOutlierFactor</c> computes it: of exactly
/// k neighbours, with 1e-10 added to a mean reachability distance, so that equal stars have a density. Scores are the negative factor.
/// </summary>
/// <remarks>Where several stars are as far as the k-th neighbour, those of the lowest rows are taken; scikit-learn takes any.</remarks>
internal sealed class LofAlgorithm : AnomalyAlgorithm<LofParameters>, IExplainable
{
    private LofAlgorithm() { }

    public static LofAlgorithm Instance { get; } = new();

    public override string Name => LofParameters.Name;

    public override string Title => "local outlier factor";

    public override string Finds => "stars in thinner surroundings than their neighbours";

    public override string Reference =>
        "Breunig, Kriegel, Ng and Sander 2000, LOF: Identifying Density-Based Local Outliers, ACM SIGMOD, 93";

    public override int WorkBytes(RunParameters parameters, int features) =>
        115 + 8 * features + sizeof(int) * Math.Min(1000, ((LofParameters)parameters).NNeighbors);

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        new LofExplainer(features, Model(features, (LofParameters)parameters, context), context);

    private protected override FittedScores Score(FeatureMatrix features, LofParameters parameters, AlgorithmContext context)
    {
        var model = Model(features, parameters, context);
        var scores = new double[features.Rows];
        model.Factors(scores);
        context.Progress?.Report(1);
        return new FittedScores(scores, new LofScorer(model));
    }

    private static LofModel Model(FeatureMatrix features, LofParameters parameters, AlgorithmContext context)
    {
        InputGuard.Require(features, "the local outlier factor");
        return new LofModel(features, Math.Min(parameters.NNeighbors, features.Rows - 1), context);
    }

    protected override IEnumerable<string> Notes(int rows, LofParameters parameters) =>
        [.. base.Notes(rows, parameters), .. NeighbourNotes.Of(parameters.NNeighbors, rows)];
}
