using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Execution;

/// <summary>What an algorithm found among the stars of a selection, before anything is stored. Exactly one of the two results is
/// there.</summary>
/// <param name="Stars">those that were analysed; which of the selection were not, <paramref name="Features"/> say</param>
public sealed record StarAnalysis(
    StarColumns Stars,
    PreparedFeatures Features,
    AnomalyResult? Anomalies,
    ClusterResult? Clusters,
    double ComputeMs
)
{
    public int AnomalyCount => Anomalies?.AnomalyCount() ?? 0;

    /// <summary>What draws within the errors of the stars say; null where none were asked for, or the algorithm has no use for
    /// them.</summary>
    public StarDraws? Draws { get; init; }

    /// <summary>What quality cuts took from the selection; null where its filter has none.</summary>
    public QualitySummary? Quality { get; init; }

    /// <summary>Remarks for the user, whole sentences: of the selection, the preparation, and what was found.</summary>
    public IReadOnlyList<string> Notes =>
        [
            .. Quality is null ? Array.Empty<string>() : [Quality.Sentence()],
            .. Features.Notes,
            .. Anomalies?.Notes ?? [],
            .. Clusters?.Notes ?? [],
        ];

    /// <summary>The stored scores: negative = anomalous.</summary>
    public double[] Scores()
    {
        var scores = new double[Stars.Count];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Anomalies!.Decision(i);
        return scores;
    }

    /// <param name="memory">what a run before this one, over the same stars, has left to be used again</param>
    /// <exception cref="LedgerException">the selection cannot be analysed so; the message says why</exception>
    public static StarAnalysis Run(
        StarColumns stars,
        RunParameters parameters,
        int maxThreads = 0,
        IProgress<double>? progress = null,
        AnalysisCache? memory = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(parameters);
        if (stars.Count < Algorithm.MinStars)
        {
            throw LedgerException.Of(
                ErrorCode.SelectionTooSmall,
                $"the selection holds {stars.Count} stars, expected at least {Algorithm.MinStars}",
                "Widen the filter, or choose another dataset.",
                "filter"
            );
        }
        var watch = Stopwatch.StartNew();
        try
        {
            memory ??= new AnalysisCache();
            var recipe = Recipe(parameters);
            // What was not loaded would look like what is not known.
            if (Further(parameters).FirstOrDefault(name => !stars.Further.ContainsKey(name)) is { } name)
                throw new InvalidOperationException($"the stars were loaded without {name}, which a run with {recipe.Name} uses");
            var features = memory.Features(
                stars,
                (recipe.Reference, parameters.Missing, parameters.Distances, parameters.Algorithm.Standardises),
                () => FeaturePipeline.Prepare(stars, recipe, Options(parameters, maxThreads), cancellationToken)
            );
            var found = parameters.Algorithm.Run(
                features.Matrix,
                parameters,
                new AlgorithmContext
                {
                    MaxThreads = maxThreads,
                    Progress = progress,
                    Memory = memory.Work,
                    CancellationToken = cancellationToken,
                }
            );
            return new StarAnalysis(
                features.Stars,
                features,
                found as AnomalyResult,
                found as ClusterResult,
                watch.Elapsed.TotalMilliseconds
            );
        }
        catch (TooFewStarsException e)
        {
            throw TooFew(e);
        }
        catch (DiscoveryException e)
        {
            throw LedgerException.Of(ErrorCode.InvalidValue, e.Message, field: "parameters", inner: e);
        }
    }

    /// <summary>The same with the draws that the parameters ask for.</summary>
    /// <param name="parameters">by which it was made; of stars that were loaded with <see cref="ForDraws"/></param>
    public StarAnalysis Drawn(
        RunParameters parameters,
        int maxThreads = 0,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Draws == 0)
            return this;
        if (ForDraws(parameters).FirstOrDefault(name => !Stars.Further.ContainsKey(name)) is { } name)
            throw new InvalidOperationException($"the stars were loaded without {name}, which their draws use");
        var watch = Stopwatch.StartNew();
        var draws = StarDraws.Of(
            Features,
            (AlgorithmResult?)Anomalies ?? Clusters!,
            parameters,
            new AlgorithmContext
            {
                MaxThreads = maxThreads,
                Progress = progress,
                CancellationToken = cancellationToken,
            }
        );
        return this with { Draws = draws, ComputeMs = ComputeMs + watch.Elapsed.TotalMilliseconds };
    }

    /// <summary>The numbers of the stars beside the usual ones that a run with its draws uses.</summary>
    internal static string[] ForDraws(RunParameters parameters) =>
        parameters.Draws == 0 ? Further(parameters) : [.. Further(parameters).Concat(StarDraws.ErrorNames(Recipe(parameters))).Distinct()];

    /// <summary>What the run stores of each of its stars, in their order.</summary>
    internal Func<int, StoredResult> Rows()
    {
        var scores = Anomalies is null ? null : Scores();
        return i =>
            scores is null
                ? new StoredResult(
                    Stars.StarId[i],
                    false,
                    null,
                    Clusters!.Labels[i],
                    Clusters.Strengths?[i],
                    Clusters.Probabilities?[i],
                    Stability: Known(Draws?.Shares, i)
                )
                : new StoredResult(
                    Stars.StarId[i],
                    scores[i] < 0,
                    scores[i],
                    null,
                    FlagProbability: FlagProbability(i),
                    ScoreSpread: ScoreSpread(i)
                );
    }

    /// <summary>The chance that the true values of a star are flagged; null where it is not known.</summary>
    public double? FlagProbability(int row) => Anomalies is null ? null : Known(Draws?.Shares, row);

    /// <summary>Standard deviation of the score of a star over its draws; null where there are none.</summary>
    public double? ScoreSpread(int row) => Known(Draws?.Spreads, row);

    private static double? Known(double[]? values, int row) => values is not null && !double.IsNaN(values[row]) ? values[row] : null;

    /// <summary>How the features of a run are made.</summary>
    internal static FeatureOptions Options(RunParameters parameters, int maxThreads) =>
        new()
        {
            ExcludeMissing = parameters.Missing == RunParameters.Exclude,
            Distances = parameters.Distances,
            LeastStars = Algorithm.MinStars,
            MaxThreads = maxThreads,
            Standardise = parameters.Algorithm.Standardises,
            FillGaps = parameters.Algorithm.Standardises,
        };

    /// <summary>The recipe leaves too few stars of the selection.</summary>
    internal static LedgerException TooFew(TooFewStarsException e) =>
        LedgerException.Of(
            ErrorCode.SelectionTooSmall,
            e.Message,
            "Choose a recipe whose features the stars have, such as deep, which needs no distance, or widen the filter; "
                + "with missing = impute, medians stand in for what they lack, and with distance_without_errors = true a parallax of "
                + "unknown error is a distance.",
            "parameters.features",
            e
        );

    /// <summary>The stars of the selection that were not analysed, by reason.</summary>
    public IReadOnlyList<ExcludedCount> Excluded => [.. Features.Excluded.Select(e => new ExcludedCount(e.Reason, e.StarIds.Length))];

    /// <summary>The recipe that the parameters name.</summary>
    /// <exception cref="InvalidOperationException">they name none: a request gets its recipe before it is analysed</exception>
    internal static FeatureRecipe Recipe(RunParameters parameters) =>
        FeatureRecipes.Get(parameters.Features ?? throw new InvalidOperationException("the parameters name no recipe"));

    /// <summary>The numbers of the stars beside the usual ones that a run uses, in its features or beside them.</summary>
    internal static string[] Further(RunParameters parameters) =>
        [.. Recipe(parameters).Further.Concat(parameters.Algorithm.Beside(parameters)).Distinct()];

    /// <summary>What is kept as the run's <c>results_summary</c>.</summary>
    public ResultsSummary Summary() =>
        new()
        {
            TotalStars = Stars.Count,
            Excluded = Excluded,
            Quality = Quality,
            AnomalyCount = Anomalies is null ? null : AnomalyCount,
            ScoreOffset = Anomalies?.Offset,
            ClusterCount = Clusters?.ClusterCount,
            NoiseCount = Clusters?.NoiseCount,
            Clusters = Clusters?.Clusters is { } judged
                ?
                [
                    .. judged.Select(c => new ClusterSummary(
                        c.ClusterId,
                        c.Size,
                        c.Contrast,
                        c.Significance,
                        c.FalseAlarm,
                        c.Scale,
                        c.Pmra,
                        c.Pmdec,
                        c.Parallax
                    )),
                ]
                : null,
            Facts = Anomalies?.Facts ?? Clusters?.Facts,
            Draws = Draws is null ? null : new DrawsSummary(Draws.Asked, Draws.Stars, Draws.Made, Draws.Drawn, Draws.Held),
            Features = new FeaturesSummary(
                Features.Recipe.Name,
                Features.Recipe.Version,
                [
                    .. Features.Statistics.Select(s => new FeatureSummary(
                        s.Name,
                        s.Unit,
                        s.Mean,
                        s.StdDev,
                        s.Median,
                        s.Missing,
                        s.Centre,
                        s.Scale
                    )),
                ],
                [.. Features.Imputed.Select(i => new ImputedSummary(i.Column, i.Count, i.Median))],
                Features.Imputed.Count > 0 ? Features.FilledStars : null
            ),
            Notes = Notes,
        };
}
