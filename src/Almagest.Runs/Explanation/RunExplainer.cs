using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Results;
using Npgsql;

namespace Almagest.Runs.Explanation;

/// <summary>
/// Says why a star has its score in a stored run: loads the run's selection again, prepares its features by the stored recipe, fits the
/// same model from the stored parameters and seed, and asks it. Every explanation is checked against the stored score.
/// </summary>
/// <remarks>Thread-safe. Keeps the last two prepared runs in memory (<see cref="PreparedRuns"/>): share one instance to explain many
/// stars.</remarks>
/// <param name="ledger">where the runs are</param>
/// <param name="shared">stars that others use as well; null = its own</param>
public sealed class RunExplainer(LedgerDatabase ledger, SelectionCache? shared = null) : IDisposable
{
    /// <summary>
    /// How far the score may be from the stored one, of a raw score beyond 1 relative to it. The same model gives the same bits on the same
    /// machine; elsewhere a power of two may be rounded otherwise. Other data change scores by far more.
    /// </summary>
    private const double ScoreTolerance = 1e-12;

    private readonly PreparedRuns _prepared = new();
    private readonly SelectionCache _selections = shared ?? new SelectionCache(ledger);

    /// <summary>Threads for preparing; 0 = one per core. Never changes an answer.</summary>
    public int MaxThreads { get; init; }

    /// <exception cref="LedgerException">
    /// no such run, or it did not analyse this star; it is not a complete run of an algorithm whose scores can be explained; the recipe,
    /// the stars or the program have changed since, so that the explanation would not be of this run
    /// </exception>
    public async Task<RunExplanation> ExplainAsync(Guid runId, long starId, CancellationToken cancellationToken = default)
    {
        var stored = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        if (stored.Parameters.Algorithm is not IExplainable explainable)
        {
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {runId} is by {stored.Run.Algorithm}, whose scores have no explanation",
                $"Name a run by {string.Join(" or ", Algorithms.All.Where(a => a is IExplainable).Select(a => a.Name))}.",
                "run_id"
            );
        }
        var (score, chance, spread) = await ScoreAsync(stored.Run, starId, cancellationToken);
        var star = await new DatasetRepository(ledger).GetStarAsync(starId, cancellationToken);
        var run = await _prepared.GetAsync(
            runId,
            () => PreparedRun.LoadAsync(ledger, _selections, stored, explainable, MaxThreads, cancellationToken),
            cancellationToken
        );
        var explanation = run.Explain(starId) ?? throw PreparedRun.Changed(runId, $"star {starId} is no longer in its selection");
        var now = explanation.RawScore - stored.Offset;
        if (!(Math.Abs(now - score) <= ScoreTolerance * Math.Max(1, Math.Abs(explanation.RawScore))))
            throw PreparedRun.Changed(
                runId,
                FormattableString.Invariant($"star {starId} has the stored score {score}, and would now have {now}")
            );
        return new RunExplanation(
            stored.Run,
            star,
            score,
            stored.Offset,
            explanation,
            Imputed(star, run.Recipe, stored.Parameters.Distances, explanation)
        )
        {
            FlagProbability = chance,
            ScoreSpread = spread,
        };
    }

    /// <summary>The stars that are most like one to a run, the likest first.</summary>
    /// <exception cref="LedgerException">as for <see cref="ExplainAsync"/></exception>
    public async Task<IReadOnlyList<AlikeStar>> AlikeAsync(
        Guid runId,
        long starId,
        int count,
        CancellationToken cancellationToken = default
    )
    {
        var stored = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        // Who is most like it is asked of all stars, of which the ledger has the flagged ones alone.
        RunRows.Require(stored.Run);
        if (stored.Parameters.Algorithm is not IExplainable explainable)
            return [];
        var run = await _prepared.GetAsync(
            runId,
            () => PreparedRun.LoadAsync(ledger, _selections, stored, explainable, MaxThreads, cancellationToken),
            cancellationToken
        );
        return run.RowOf(starId) is >= 0 and var row
            ? [.. run.Nearest(row, count).Select(n => new AlikeStar(run.StarAt(n.Row), n.Distance))]
            : [];
    }

    public void Dispose() => _prepared.Dispose();

    private static double? Known(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Convert.ToDouble(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<(double Score, double? FlagProbability, double? Spread)> ScoreAsync(
        DiscoveryRun run,
        long starId,
        CancellationToken cancellationToken
    )
    {
        var stored = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select anomaly_score, flag_probability, score_spread from public.discovery_results where run_id = $1 and star_id = $2",
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = run.RunId },
                        new() { Value = starId },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken)
                    ? (reader.GetDouble(0), Known(reader, 1), Known(reader, 2))
                    : ((double Score, double? FlagProbability, double? Spread)?)null;
            },
            cancellationToken
        );
        if (stored is { } known)
            return known;
        // One that it analysed and did not flag has a score, which is in the files.
        if (run.StarSetId is not null && await new AnalysedSets(ledger).HoldsAsync(run, starId, cancellationToken))
            throw RunRows.Refusal(
                run,
                $"run {run.RunId} does not flag star {starId}: its score is in the run's result files, not in the ledger, which has those "
                    + "of the flagged stars alone",
                "star_id"
            );
        throw LedgerException
            .Of(ErrorCode.StarNotAnalysed, $"run {run.RunId} did not analyse a star {starId}", "Its stars are those of its results.")
            .With("run_id", run.RunId)
            .With("star_id", starId);
    }

    internal static HashSet<string> Imputed(Star star, FeatureRecipe recipe, DistanceRule distances, AnomalyExplanation explanation) =>
        [
            .. recipe
                .Features.Where(f => explanation.Features.Any(a => a.Name == f.Name) && f.Needs.Any(c => IsImputed(star, f, c, distances)))
                .Select(f => f.Name),
        ];

    // As the pipeline fills gaps: see FeaturePipeline.
    private static bool IsImputed(Star star, Feature feature, StarColumn column, DistanceRule distances)
    {
        var value = FilledValues.Value(star, column);
        return !(Math.Abs(value ?? double.NaN) <= FeaturePipeline.MaxMagnitude)
            || (
                feature.UsesDistance
                && column == StarColumn.Parallax
                && !distances.Holds(value ?? double.NaN, star.ParallaxErrorMas ?? double.NaN)
            );
    }
}
