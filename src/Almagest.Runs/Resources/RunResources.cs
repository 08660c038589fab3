using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;

namespace Almagest.Runs.Resources;

/// <summary>Stored runs as the API and the command line give them.</summary>
public static class RunResources
{
    /// <param name="names">of the datasets, by id</param>
    /// <param name="withPath">whether the reader may know where on the machine result files are</param>
    public static RunResource ToResource(this DiscoveryRun run, IReadOnlyDictionary<long, string> names, bool withPath = false)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(names);
        var summary = ResultsSummary.Parse(run.ResultsSummary);
        return new RunResource(
            run.RunId,
            run.RunType,
            run.Algorithm,
            new RawJson(run.Parameters),
            run.DatasetId,
            names.GetValueOrDefault(run.DatasetId, ""),
            RunDatasets.Names(run, names),
            new RawJson(run.DatasetFilter),
            StarFilter.FromJson(run.DatasetFilter).Describe(),
            run.SelectionHash,
            run.TotalStars,
            summary?.Excluded ?? [],
            summary?.AnomalyCount,
            summary?.ClusterCount,
            summary?.NoiseCount,
            run.IsComplete ? summary : null,
            run.Status,
            run.IsComplete,
            run.Error,
            run.RandomSeed,
            run.ProgramVersion,
            run.CreatedAt,
            run.StartedAt,
            run.CompletedAt,
            run.ResultsHash,
            run.ResultsHashVersion,
            run.RetryOf,
            run.GroupId,
            run.ProgressStage,
            PercentOf(run, StoredProgress(run)),
            run.Attempts,
            run.HeartbeatAt,
            run.CancelRequestedAt
        )
        {
            FeaturesChosen = summary?.FeaturesChosen,
            StartedBy = run.StartedBy,
            Name = run.Name,
            ResultsInFiles = FilesOf(run, withPath),
        };
    }

    private static ResultsInFiles? FilesOf(DiscoveryRun run, bool withPath) =>
        ResultFiles.Of(run) is { } files ? new ResultsInFiles(withPath ? files.Path : null, files.Rows, files.Bytes) : null;

    /// <summary>The same, where the names of the datasets are not at hand.</summary>
    public static Task<RunResource> ReadAsync(LedgerDatabase ledger, DiscoveryRun run, CancellationToken cancellationToken = default) =>
        ReadAsync(ledger, run, withPath: false, cancellationToken);

    /// <inheritdoc cref="ReadAsync(LedgerDatabase, DiscoveryRun, CancellationToken)"/>
    public static async Task<RunResource> ReadAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        bool withPath,
        CancellationToken cancellationToken = default
    ) => run.ToResource(await new DatasetRepository(ledger).NamesAsync(cancellationToken), withPath).WithFilesOf(ledger, run, withPath);

    /// <summary>With a look at the files of its results, if it has such: whether they are there.</summary>
    /// <param name="withPath">whether the reader may know where they are</param>
    public static RunResource WithFilesOf(this RunResource resource, LedgerDatabase ledger, DiscoveryRun run, bool withPath)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (resource.ResultsInFiles is not { } files)
            return resource;
        var (folder, trouble) = ResultFolders.Find(ledger, run);
        return resource with
        {
            ResultsInFiles = files with { Path = withPath ? folder ?? files.Path : null, AreThere = trouble is null, Trouble = trouble },
        };
    }

    /// <param name="live">what this process knows, which is fresher than the ledger; null where another works on it</param>
    public static RunProgressResource ProgressOf(DiscoveryRun run, RunProgress? live)
    {
        ArgumentNullException.ThrowIfNull(run);
        var progress = run.Status == RunStatus.Running ? live ?? StoredProgress(run) : null;
        return new RunProgressResource(run.RunId, run.Status, progress?.Stage, progress?.Fraction, PercentOf(run, progress), run.Error);
    }

    public static RunTagResource ToResource(this RunTag tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return new RunTagResource(tag.Tag, tag.TaggedBy, tag.TaggedAt);
    }

    public static RunTagList ListOf(Guid runId, IEnumerable<RunTag> tags) => new(runId, [.. tags.Select(ToResource)]);

    public static RunNoteResource ToResource(this RunNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return new RunNoteResource(note.NoteId, note.Text, note.WrittenBy, note.WrittenAt);
    }

    public static RunNoteList ListOf(Guid runId, IEnumerable<RunNote> notes) => new(runId, [.. notes.Select(ToResource)]);

    public static ScoredStar ToScoredStar(this StarResult star)
    {
        ArgumentNullException.ThrowIfNull(star);
        return new ScoredStar(
            star.StarId,
            star.SourceId,
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            star.AnomalyScore
        )
        {
            FlagProbability = star.FlagProbability,
            ScoreSpread = star.ScoreSpread,
            ParallaxErrorMas = star.ParallaxErrorMas,
            Ruwe = star.Ruwe,
            Filled = star.Filled,
        };
    }

    /// <param name="filled">what the run fills; null = nothing</param>
    public static ScoredStar ToScoredStar(this Star star, double? score, FilledValues? filled = null)
    {
        ArgumentNullException.ThrowIfNull(star);
        return new ScoredStar(
            star.StarId,
            star.SourceId,
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            score
        )
        {
            ParallaxErrorMas = star.ParallaxErrorMas,
            Ruwe = star.Ruwe,
            Filled = filled?.In(star),
        };
    }

    public static ExcludedStar ToExcludedStar(this Star star, string reason)
    {
        ArgumentNullException.ThrowIfNull(star);
        return new ExcludedStar(
            reason,
            star.StarId,
            star.SourceId,
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color
        );
    }

    private static RunProgress? StoredProgress(DiscoveryRun run) =>
        run.ProgressStage is null ? null : new RunProgress(run.ProgressStage, run.ProgressFraction ?? 0);

    private static double PercentOf(DiscoveryRun run, RunProgress? progress) =>
        run.IsComplete ? 100 : Math.Round(progress?.Percent ?? 0, 1);
}
