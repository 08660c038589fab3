using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Resources;

/// <summary>What computing answers (discovery, sweep, replay, explanation, distances) as the API and the command line give it.</summary>
public static class ExecutionResources
{
    private const int CurvePoints = 200;

    /// <param name="topAnomalies">of an anomaly run: the stars to show</param>
    /// <param name="clusters">of a cluster run: the clusters to show</param>
    public static DiscoveryResource ToResource(
        this RunOutcome outcome,
        IReadOnlyList<ScoredStar> topAnomalies,
        IReadOnlyList<ClusterDescription> clusters
    )
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var (request, analysis) = (outcome.Request, outcome.Analysis);
        return new DiscoveryResource(
            outcome.RunId,
            outcome.RunId is not null,
            request.Parameters.Algorithm.RunType,
            request.Parameters.Algorithm.Name,
            new RawJson(request.Parameters.ToJson()),
            outcome.Dataset.DatasetId,
            outcome.Dataset.Name,
            outcome.Datasets,
            new RawJson(request.Filter.ToJson()),
            request.Filter.Describe(),
            analysis.Stars.Count,
            analysis.Excluded,
            analysis.Anomalies is null ? null : analysis.AnomalyCount,
            analysis.Clusters?.ClusterCount,
            analysis.Clusters?.NoiseCount,
            topAnomalies,
            clusters,
            outcome.RecipeChoice?.Reason,
            [.. analysis.Features.Imputed.Select(i => new ImputedSummary(i.Column, i.Count, i.Median))],
            analysis.Notes,
            outcome.Timings
        )
        {
            Quality = analysis.Quality,
        };
    }

    /// <exception cref="Contract.Errors.LedgerException">there is no such sweep</exception>
    public static async Task<SweepResource> SweepAsync(LedgerDatabase ledger, Guid groupId, CancellationToken cancellationToken = default)
    {
        var sweep = await SweepSummary.ReadAsync(ledger, groupId, cancellationToken);
        return sweep.ToResource((await new DatasetRepository(ledger).GetAnyAsync(sweep.DatasetId, cancellationToken)).Name);
    }

    /// <param name="dataset">name of its dataset</param>
    public static SweepResource ToResource(this SweepSummary sweep, string dataset)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        return new SweepResource(
            sweep.GroupId,
            sweep.Algorithm,
            sweep.DatasetId,
            dataset,
            sweep.Runs,
            sweep.IsOver,
            sweep.Statuses,
            sweep.CreatedAt,
            sweep.EndedAt,
            sweep.Metric,
            sweep.Least,
            sweep.Mean,
            sweep.Most
        );
    }

    public static ReplayResource ToResource(this ReplayReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ReplayResource(
            report.Run.RunId,
            report.IsReproduced,
            report.IsIntact,
            report.Rows,
            report.Equal,
            report.Different,
            report.OnlyStored,
            report.OnlyRecomputed,
            report.Run.ResultsHash,
            report.Run.ResultsHashVersion,
            report.StoredRowsHash,
            report.RecomputedHash,
            report.Run.ProgramVersion,
            report.ProgramVersion,
            report.Examples,
            report.Notes
        );
    }

    public static ExplanationResource ToResource(this RunExplanation found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var isForest = found.Explanation.Measure == ScoreMeasure.PathLength;
        return new ExplanationResource(
            found.Run.RunId,
            found.Star.StarId,
            found.Star.SourceId,
            found.IsAnomaly ? 1 : 0,
            found.Score,
            found.Explanation.RawScore,
            found.Offset,
            found.Explanation.Measure.Name,
            found.Explanation.Measure.Unit,
            found.Explanation.Measured,
            found.Explanation.Expected,
            isForest ? found.Explanation.Measured : null,
            isForest ? found.Explanation.Expected : null,
            found.Sentence,
            [
                .. found.Explanation.Features.Select(f => new FeaturePart(
                    f.Name,
                    f.Value,
                    f.Unit,
                    found.Imputed.Contains(f.Name),
                    f.Percentile,
                    f.Change,
                    isForest ? f.Change : null,
                    f.Share,
                    found.Effect(f)
                )),
            ]
        )
        {
            FlagProbability = found.FlagProbability,
            ScoreSpread = found.ScoreSpread,
        };
    }

    /// <param name="dataset">name of the dataset</param>
    public static KDistanceResource ToResource(this EpsAdvice advice, string dataset)
    {
        ArgumentNullException.ThrowIfNull(advice);
        var distances = advice.Curve.Distances;
        return new KDistanceResource(
            dataset,
            advice.Curve.K,
            advice.Recipe.Reference,
            advice.Choice?.Reason,
            advice.Curve.SuggestedEps,
            advice.TotalStars,
            advice.Excluded,
            distances.Length,
            [
                .. advice.Candidates.Select(c => new EpsCandidateResource(
                    c.Eps,
                    c.Clusters,
                    c.LargestCluster,
                    c.Noise,
                    100.0 * c.Noise / advice.TotalStars,
                    c.IsSuggested
                )),
            ],
            [.. Enumerable.Range(0, CurvePoints).Select(i => distances[(int)Math.Round(i * (distances.Length - 1.0) / (CurvePoints - 1))])]
        );
    }
}
