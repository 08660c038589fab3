using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

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

    /// <summary>The flagged stars that are most anomalous, those first; equal ones by their number.</summary>
    public IReadOnlyList<FlaggedStar> MostAnomalous(int most)
    {
        var found = new List<FlaggedStar>();
        var row = Rows();
        for (var i = 0; i < Stars.Count; i++)
        {
            var star = row(i);
            if (star.Score is not < 0)
                continue;
            found.Add(new FlaggedStar(star.StarId, star.Score.Value, star.FlagProbability, star.ScoreSpread));
            if (found.Count > 2 * most + 10_000)
                found = [.. Order(found).Take(most)];
        }
        return [.. Order(found).Take(most)];

        static IEnumerable<FlaggedStar> Order(List<FlaggedStar> stars) => stars.OrderBy(s => s.Score).ThenBy(s => s.StarId);
    }

    /// <summary>Closes the files that it has, if any. After that nothing is to be read of its stars.</summary>
    public void Release() => (Stars.Room as IDisposable)?.Dispose();

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
            throw TooFew(stars.Count);
        var watch = Stopwatch.StartNew();
        try
        {
            memory ??= new AnalysisCache();
            var recipe = Recipe(parameters);
            // What was not loaded would look like what is not known.
            if (NeededNumbers.Of(parameters).FirstOrDefault(name => !stars.Has(name)) is { } name)
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
            if (
                found is ClusterResult clusters
                && MeridianTurn.Note(features.Stars, clusters, recipe.Needs.Contains(StarColumn.Pmra)) is { } turn
            )
                found = clusters with { Notes = [.. clusters.Notes, turn] };
            if (found is ClusterResult groups && FieldLike.Note(features.Stars, groups) is { } field)
                found = groups with { Notes = [.. groups.Notes, field] };
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
    /// <param name="parameters">by which it was made; of stars that were loaded with <see cref="NeededNumbers.WithDraws"/></param>
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
        if (NeededNumbers.WithDraws(parameters).FirstOrDefault(name => !Stars.Has(name)) is { } name)
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

    /// <summary>What the run says of each of its stars.</summary>
    internal ResultShape Shape() =>
        ResultShape.Of(
            Clusters is not null,
            [
                .. Clusters?.Probabilities is null ? Array.Empty<string>() : ["membership_probability"],
                .. Clusters?.Strengths is null ? Array.Empty<string>() : ["membership_strength"],
                .. Draws is null ? Array.Empty<string>()
                : Clusters is null ? ["flag_probability", "score_spread"]
                : ["membership_stability"],
            ]
        );

    /// <summary>What the run stores of each of its stars, in their order. Of stars in files, some at a time are held: to be asked one after
    /// the other.</summary>
    internal Func<int, StoredResult> Rows() => new ResultWindow(this).Row;

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

    /// <summary>The selection holds too few stars.</summary>
    internal static LedgerException TooFew(int stars) =>
        LedgerException.Of(
            ErrorCode.SelectionTooSmall,
            $"the selection holds {stars} stars, expected at least {Algorithm.MinStars}",
            "Widen the filter, or choose another dataset.",
            "filter"
        );

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
    public IReadOnlyList<ExcludedCount> Excluded => [.. Features.Excluded.Select(e => new ExcludedCount(e.Reason, e.Count))];

    internal static FeatureRecipe Recipe(RunParameters parameters) => NeededNumbers.Recipe(parameters);

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
