using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Execution;

/// <summary>The model of a stored run, fitted again, and the features that it was fitted to. Safe to use from several threads.</summary>
internal sealed class PreparedRun
{
    /// <summary>Of a run whose results are in files: stars that are read from them at most, to fit its model again in memory.</summary>
    public const long MostStarsOfFiles = 3_000_000;

    private readonly long[] _starIds;
    private readonly PreparedFeatures _features;
    private readonly IAnomalyExplainer _explainer;

    private PreparedRun(Guid runId, long[] starIds, PreparedFeatures features, IAnomalyExplainer explainer)
    {
        RunId = runId;
        _starIds = starIds;
        _features = features;
        _explainer = explainer;
    }

    public Guid RunId { get; }

    /// <summary>What it holds in memory, bytes; a model is small beside it.</summary>
    public long Bytes => sizeof(double) * _features.Matrix.Values.LongLength + sizeof(long) * _starIds.LongLength;

    public FeatureRecipe Recipe => _features.Recipe;

    /// <summary>Without the stars' own columns.</summary>
    public PreparedFeatures Features => _features;

    public IAnomalyExplainer Explainer => _explainer;

    /// <summary>The row of a star; negative where the selection holds none.</summary>
    public int RowOf(long starId) => Array.BinarySearch(_starIds, starId);

    public long StarAt(int row) => _starIds[row];

    /// <summary>The rows next to one, the nearest first, without itself; distances with each feature in units of its standard
    /// deviation.</summary>
    public IReadOnlyList<(int Row, double Distance)> Nearest(int row, int count)
    {
        var matrix = _features.Matrix;
        var weights = Enumerable.Range(0, matrix.Columns).Select(Weight).ToArray();
        var own = matrix.Row(row).ToArray();
        var nearest = new PriorityQueue<int, double>();
        for (var other = 0; other < matrix.Rows; other++)
        {
            if (other == row)
                continue;
            var values = matrix.Row(other);
            var square = 0.0;
            for (var c = 0; c < own.Length; c++)
                square += weights[c] * (values[c] - own[c]) * (values[c] - own[c]);
            // The farthest of those that are kept comes out first.
            if (nearest.Count < count)
                nearest.Enqueue(other, -square);
            else if (double.IsFinite(square))
                nearest.EnqueueDequeue(other, -square);
        }
        return
        [
            .. nearest
                .UnorderedItems.Where(n => double.IsFinite(n.Priority))
                .Select(n => (n.Element, Math.Sqrt(-n.Priority)))
                .OrderBy(n => n.Item2)
                .ThenBy(n => n.Element),
        ];
    }

    // One over the variance of a feature; 0 where all stars are alike in it.
    private double Weight(int column)
    {
        var (matrix, mean, squares, count) = (_features.Matrix, 0.0, 0.0, 0L);
        for (var r = 0; r < matrix.Rows; r++)
        {
            var v = matrix.Row(r)[column];
            if (!double.IsFinite(v))
                continue;
            var off = v - mean;
            mean += off / ++count;
            squares += off * (v - mean);
        }
        return squares > 0 ? count / squares : 0;
    }

    /// <summary>Null where the selection holds no such star.</summary>
    public AnomalyExplanation? Explain(long starId)
    {
        // A selection is in ascending order of star_id.
        var row = RowOf(starId);
        return row < 0 ? null : _explainer.Explain(_features, row);
    }

    /// <exception cref="LedgerException">the recipe has another version now, or the selection has changed</exception>
    public static async Task<PreparedRun> LoadAsync(
        LedgerDatabase ledger,
        SelectionCache selections,
        ScoredRun stored,
        IExplainable explainable,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var run = stored.Run;
        var recipe = StarAnalysis.Recipe(stored.Parameters);
        var version = stored.Summary.Features?.Version;
        if (version != recipe.Version)
        {
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"run {run.RunId} looked at version {version ?? "?"} of the feature recipe {recipe.Name}; this program has "
                        + $"version {recipe.Version}",
                    $"Explain it with the program that made it (version {run.ProgramVersion}), or run it again with this one."
                )
                .With("run_id", run.RunId);
        }
        // Catalogues that stay in their files may be many times larger than memory.
        if (RunRows.AreInFiles(run) && run.TotalStars > MostStarsOfFiles)
            throw RunRows.Refusal(
                run,
                $"run {run.RunId} analysed {run.TotalStars} stars, which stay in files: to fit its detector again, at most "
                    + $"{MostStarsOfFiles} are read into memory"
            );
        var stars = await selections.GetAsync(run.DatasetId, stored.Filter, recipe.Further, null, cancellationToken);
        stars = await AnsweredStars.AddAsync(ledger, run.DatasetId, stored.Filter, stars, stored.Parameters, cancellationToken);
        try
        {
            var features = FeaturePipeline.Prepare(stars, recipe, StarAnalysis.Options(stored.Parameters, maxThreads), cancellationToken);
            if (features.Stars.Count != run.TotalStars)
                throw Changed(
                    run.RunId,
                    $"it analysed {run.TotalStars} stars, and of its selection ({stored.Filter.Describe()}) {features.Stars.Count} can be "
                        + "analysed"
                );
            var explainer = explainable.Fit(
                features.Matrix,
                stored.Parameters,
                new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken }
            );
            // The stars' other columns are not needed any more, and would be kept.
            return new PreparedRun(run.RunId, features.Stars.StarId, features with { Stars = StarColumns.None }, explainer);
        }
        catch (DiscoveryException e)
        {
            throw Changed(run.RunId, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The run cannot be repeated: an explanation would be of another model than its own.</summary>
    public static LedgerException Changed(Guid runId, string how) =>
        LedgerException
            .Of(
                ErrorCode.RunStarsChanged,
                $"run {runId} can no longer be explained, because its stars or the program have changed since: {how}",
                "Its stored scores stay as they are. Run it again to explain it."
            )
            .With("run_id", runId);
}
