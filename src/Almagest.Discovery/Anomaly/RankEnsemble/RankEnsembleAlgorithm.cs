using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ExtendedIsolationForest;
using Almagest.Discovery.Anomaly.Knn;
using Almagest.Discovery.Anomaly.Mcd;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.RankEnsemble;

/// <summary>
/// Three detectors that see different things, joined by the ranks that they give: their scores have no common scale (Aggarwal and Sathe
/// 2017, Outlier Ensembles, chapter 3). The score is the mean over the detectors of log10 of the share of stars that are at least as
/// anomalous; equal scores share their ranks.
/// </summary>
internal sealed class RankEnsembleAlgorithm : AnomalyAlgorithm<RankEnsembleParameters>, IExplainable
{
    private RankEnsembleAlgorithm() { }

    public static RankEnsembleAlgorithm Instance { get; } = new();

    public override string Name => RankEnsembleParameters.Name;

    public override string Title => "ensemble over ranks";

    public override string Finds => "stars that the extended isolation forest, the robust covariance or the neighbours' distance put first";

    public override string Reference => "Aggarwal and Sathe 2017, Outlier Ensembles, Springer, chapter 3";

    public override int WorkBytes(RunParameters parameters, int features) => 230 + 8 * features;

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context)
    {
        var asked = (RankEnsembleParameters)parameters;
        var members = Members(asked);
        return new RankEnsembleExplainer(
            asked.Combination,
            [.. members.Select(m => ShareRanks.Of(m.Score(features, context).RawScores))],
            [.. members.Select(m => m.Fit(features, context))]
        );
    }

    private protected override FittedScores Score(FeatureMatrix features, RankEnsembleParameters parameters, AlgorithmContext context)
    {
        var members = Members(parameters);
        var results = new List<AnomalyResult>();
        var ranks = new List<double[]>();
        foreach (var member in members)
        {
            var result = member.Score(features, context with { Progress = null });
            results.Add(result);
            ranks.Add(ShareRanks.Of(result.RawScores));
            context.Progress?.Report((double)ranks.Count / members.Count);
        }
        return new FittedScores(ShareRanks.Combine(ranks, parameters.Combination), new RankEnsembleScorer(results, parameters.Combination));
    }

    private static List<Member> Members(RankEnsembleParameters p) =>
        [
            Member.Of(
                ExtendedForestAlgorithm.Instance,
                new ExtendedForestParameters
                {
                    NEstimators = p.NEstimators,
                    MaxSamples = p.MaxSamples,
                    RandomState = p.RandomState,
                    Draws = p.Draws,
                }
            ),
            Member.Of(McdAlgorithm.Instance, new McdParameters { RandomState = p.RandomState, Draws = p.Draws }),
            Member.Of(KnnAlgorithm.Instance, new KnnParameters { NNeighbors = p.NNeighbors, Draws = p.Draws }),
        ];

    private sealed record Member(
        Func<FeatureMatrix, AlgorithmContext, AnomalyResult> Score,
        Func<FeatureMatrix, AlgorithmContext, IAnomalyExplainer> Fit
    )
    {
        public static Member Of<TParameters>(AnomalyAlgorithm<TParameters> algorithm, TParameters parameters)
            where TParameters : AnomalyParameters, new() =>
            new(
                (features, context) => algorithm.Detect(features, parameters, context),
                (features, context) => ((IExplainable)algorithm).Fit(features, parameters, context)
            );
    }
}
