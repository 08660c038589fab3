using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Contract.Recovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Recovery;

/// <summary>
/// Injection and recovery: plants stars of known properties into a run's selection, in memory alone, runs its algorithm with its parameters
/// over both, and counts what is found. Nothing is written; the database is only read.
/// </summary>
public sealed class RecoveryTrials(LedgerDatabase ledger)
{
    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result.</summary>
    public int MaxThreads { get; init; }

    /// <param name="progress">told the share done</param>
    /// <exception cref="LedgerException">no such run, a setting out of range or of no use to the run, or a run that this program cannot
    /// repeat</exception>
    public async Task<RecoveryReport> RunAsync(
        Guid runId,
        RecoverySettings settings,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        var watch = Stopwatch.StartNew();
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        var plant = settings.Plant ?? (run.RunType == RunTypes.Anomaly ? RecoverySettings.Outliers : RecoverySettings.Clusters);
        if (plant == RecoverySettings.Clusters && run.RunType == RunTypes.Anomaly)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {runId} looks for anomalies, and has no clusters to find a planted one in",
                "Plant outliers, or choose a cluster run.",
                "plant"
            );
        settings.RequireOf(plant);
        var (parameters, filter) = Stored(run);
        var dataset = await new DatasetRepository(ledger).GetAsync(run.DatasetId, cancellationToken);
        using var place = await LargeWork.Trials.TakeAsync(cancellationToken);
        progress?.Report(new RunProgress("load", 0));
        var selections = new SelectionLoader(ledger);
        string[] further = [.. NeededNumbers.Of(parameters).Append(StarColumns.ParallaxErrorName).Distinct()];
        var stars = await selections.LoadAsync(run.DatasetId, filter, further, null, cancellationToken);
        stars = await AnsweredStars.AddAsync(ledger, run.DatasetId, filter, stars, parameters, cancellationToken);
        var field = new TrialField(stars, filter.Admits);
        if (parameters.Missing == RunParameters.Exclude)
            field = field.Analysable(StarAnalysis.Recipe(parameters), parameters.Distances);
        var work = new Trial(field, parameters, MaxThreads, progress, cancellationToken);
        try
        {
            var report = new RecoveryReport(
                runId,
                run.Algorithm,
                dataset.Name,
                filter.Describe(),
                settings,
                field.Stars.Count,
                0,
                WilsonInterval.Of(0, 0),
                null,
                null,
                [],
                0
            );
            report = await Task.Run(
                () => plant == RecoverySettings.Outliers ? OutlierTrials.Run(work, report, run) : ClusterTrials.Run(work, report),
                cancellationToken
            );
            return report with { Runs = work.Done, Seconds = watch.Elapsed.TotalSeconds };
        }
        catch (Almagest.Discovery.DiscoveryException e)
        {
            throw LedgerException.Of(ErrorCode.InvalidValue, e.Message, field: "plant", inner: e);
        }
    }

    private static (RunParameters Parameters, StarFilter Filter) Stored(DiscoveryRun run)
    {
        try
        {
            var parameters = ParameterReader.ReadStored(run);
            if (parameters.Features is not null)
                return (parameters, StarFilter.FromJson(run.DatasetFilter));
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"this program (version {Almagest.Contract.ProgramVersion.Current}) cannot repeat run {run.RunId} of version "
                        + $"{run.ProgramVersion}: {e.Message}",
                    "Use the program version that made it, or run it again with this one.",
                    inner: e
                )
                .With("run_id", run.RunId);
        }
        throw LedgerException
            .Of(
                ErrorCode.RunNotComplete,
                $"run {run.RunId} does not say yet which recipe of features it uses",
                "Wait until it is complete."
            )
            .With("run_id", run.RunId)
            .With("status", run.Status);
    }
}

/// <summary>The algorithm of a run, to be run again and again over the real stars and planted ones.</summary>
internal sealed class Trial(
    TrialField among,
    RunParameters parameters,
    int maxThreads,
    IProgress<RunProgress>? progress,
    CancellationToken cancellationToken
)
{
    public TrialField Field => among;

    public RunParameters Parameters => parameters;

    public FeatureRecipe Recipe { get; } = StarAnalysis.Recipe(parameters);

    /// <summary>Runs so far.</summary>
    public int Done { get; private set; }

    /// <summary>All runs that there will be.</summary>
    public int Expected { get; set; } = 1;

    public StarAnalysis Run(IReadOnlyList<PlantedStar> planted)
    {
        progress?.Report(new RunProgress("compute", (double)Done / Expected));
        var analysis = StarAnalysis.Run(among.With(planted), parameters, maxThreads, null, null, cancellationToken);
        Done++;
        return analysis;
    }

    public void RequireFew()
    {
        if (Expected > RecoverySettings.MostRuns + 1)
            throw LedgerException.Invalid(
                "repetitions",
                $"these settings take {Expected - 1} runs, expected at most {RecoverySettings.MostRuns}",
                "Give fewer repetitions or fewer values."
            );
    }
}
