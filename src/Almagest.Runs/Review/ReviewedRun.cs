using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Execution;

namespace Almagest.Runs.Review;

/// <summary>A run under review: its forest before any answer, and what it says after the last ones that were asked for.
/// Thread-safe.</summary>
internal sealed class ReviewedRun
{
    private readonly Lock _guard = new();
    private (string Hash, LearnedForest Forest)? _last;

    private ReviewedRun(
        ScoredRun stored,
        PreparedRun prepared,
        ActiveForestParameters parameters,
        Dictionary<long, char> carried,
        int maxThreads
    )
    {
        (Stored, Prepared, Parameters, Carried) = (stored, prepared, parameters, carried);
        Forest = ActiveForest.Grow(prepared.Features.Matrix, parameters, new AlgorithmContext { MaxThreads = maxThreads });
    }

    public ScoredRun Stored { get; }

    public PreparedRun Prepared { get; }

    public ActiveForest Forest { get; }

    /// <summary>Of a checkpoint made now, but for its answers: these are those that the run itself was made with.</summary>
    public ActiveForestParameters Parameters { get; }

    /// <summary>The answers by star that the run itself was made with.</summary>
    public IReadOnlyDictionary<long, char> Carried { get; }

    public long[] Datasets => [.. RunDatasets.Ids(Stored.Run)];

    /// <summary>Null of a run whose forest cannot learn.</summary>
    public static ActiveForestParameters? ParametersOf(RunParameters run) =>
        run switch
        {
            ActiveForestParameters active => active,
            IsolationForestParameters forest => new ActiveForestParameters
            {
                Contamination = forest.Contamination,
                NEstimators = forest.NEstimators,
                MaxSamples = forest.MaxSamples,
                RandomState = forest.RandomState,
                Features = forest.Features,
                Missing = forest.Missing,
                MinParallaxOverError = forest.MinParallaxOverError,
                DistanceWithoutErrors = forest.DistanceWithoutErrors,
            },
            _ => null,
        };

    public static ReviewedRun Of(ScoredRun stored, PreparedRun prepared, Dictionary<long, char> carried, int maxThreads) =>
        new(stored, prepared, ParametersOf(stored.Parameters)!, carried, maxThreads);

    /// <summary>What the forest says after these answers.</summary>
    /// <param name="hash">by which they are known again</param>
    public LearnedForest Learned(string hash, IReadOnlyDictionary<int, bool> answers, CancellationToken cancellationToken)
    {
        lock (_guard)
        {
            if (_last is { } last && last.Hash == hash)
                return last.Forest;
            var learned = Forest.Learn(answers, cancellationToken);
            _last = (hash, learned);
            return learned;
        }
    }
}
