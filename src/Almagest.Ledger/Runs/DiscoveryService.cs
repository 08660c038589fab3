using System.Diagnostics;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;

namespace Almagest.Ledger.Runs;

/// <summary>What the user asks for: which stars, which algorithm, which parameters.</summary>
/// <param name="Dataset">name or id</param>
public sealed record RunRequest(string Dataset, StarFilter Filter, RunParameters Parameters);

/// <summary>Where the time of a run went, ms.</summary>
public sealed record RunTimings(double Load, double Compute, double Persist, double Views);

/// <summary>A stage of a run and how far it is, 0 to 1.</summary>
public sealed record RunProgress(string Stage, double Fraction);

/// <summary>What a run found. <see cref="RunId"/> is null where nothing was stored.</summary>
/// <param name="Request">with the recipe that was taken, as <c>name@version</c></param>
public sealed record RunOutcome(Guid? RunId, Dataset Dataset, RunRequest Request, StarAnalysis Analysis, RunTimings Timings)
{
    /// <summary>Why this recipe was taken; null where the request named it.</summary>
    public RecipeChoice? RecipeChoice { get; init; }
}

/// <summary>
/// Runs discoveries: loads the selection, prepares features, runs the algorithm, stores every per-star result and the run's
/// completion in one transaction, and brings the views that it touches up to date.
/// </summary>
public sealed class DiscoveryService(LedgerDatabase ledger)
{
    readonly RunRepository runs = new(ledger);
    readonly DatasetRepository datasets = new(ledger);
    readonly SelectionLoader selections = new(ledger);
    readonly RecipeResolver recipes = new(ledger);

    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result.</summary>
    public int MaxThreads { get; init; }

    /// <summary>Null = every run starts afresh. With one, runs over the same selection share what they can: a sweep of cluster sizes one tree.</summary>
    public AnalysisMemory? Memory { get; init; }

    /// <summary>
    /// What becomes of a run whose execution is cancelled: true = it is pending again, for the next worker (a server that
    /// stops); false = it is cancelled for good (a user who pressed Ctrl-C).
    /// </summary>
    public bool RequeueWhenCancelled { get; init; }

    /// <summary>Checks a request and stores it as a pending run.</summary>
    /// <exception cref="LedgerException">no such dataset, a parameter out of range, or too few stars: nothing is stored</exception>
    public async Task<DiscoveryRun> SubmitAsync(RunRequest request, CancellationToken cancellation = default) =>
        (await ChooseAndSubmitAsync(request, cancellation)).Run;

    /// <summary>The same, and why its recipe was taken: null where the request names it.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task<(DiscoveryRun Run, RecipeChoice? Choice)> ChooseAndSubmitAsync(RunRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Parameters.Validate();
        request.Filter.Validate();
        var dataset = await datasets.FindAsync(request.Dataset, cancellation);
        var stars = await selections.CountAsync(dataset.DatasetId, request.Filter, cancellation);
        if (stars < Almagest.Discovery.Anomaly.IsolationForestOptions.MinStars)
        {
            throw LedgerException.Invalid("filter", $"the selection ({request.Filter.Describe()}) holds {stars} of the {dataset.StarCount} stars of '{dataset.Name}'",
                $"Widen the filter: a run needs at least {Almagest.Discovery.Anomaly.IsolationForestOptions.MinStars} stars.");
        }
        if (request.Filter.Sample is { } sample && stars < sample.N)
        {
            throw LedgerException.Invalid("filter.sample.n", $"a sample of {sample.N} stars is asked for, and the selection without it holds {stars}",
                "Take fewer, or leave the sample out.");
        }
        var (parameters, choice) = await recipes.ResolveAsync(dataset.DatasetId, request.Filter, request.Parameters, cancellation);
        return (await runs.CreateAsync(dataset.DatasetId, parameters, request.Filter, cancellation), choice);
    }

    /// <summary>Submits and executes a run, and waits for the views that it touches.</summary>
    public async Task<RunOutcome> RunAsync(RunRequest request, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var (run, choice) = await ChooseAndSubmitAsync(request, cancellation);
        RunOutcome outcome;
        try
        {
            outcome = await ExecuteAsync(run.RunId, progress, cancellation)
                ?? throw LedgerException.Conflict($"run {run.RunId} was taken by another worker", "Look at it with: almagest runs show");
        }
        catch
        {
            // The timeline counts failed and cancelled runs, too. What stopped the run must not stop this.
            await new ViewRefresher(ledger).RefreshPendingAsync("run", CancellationToken.None);
            throw;
        }
        var watch = Stopwatch.StartNew();
        progress?.Report(new RunProgress("views", 0));
        await new ViewRefresher(ledger).RefreshPendingAsync("run", cancellation);
        return outcome with { RecipeChoice = choice, Timings = outcome.Timings with { Views = watch.Elapsed.TotalMilliseconds } };
    }

    /// <summary>Executes a pending run; null where another worker has it. The views are left to whoever watches them.</summary>
    /// <exception cref="LedgerException">the run failed; it is marked so, with the reason</exception>
    public async Task<RunOutcome?> ExecuteAsync(Guid runId, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        // The lock lives as long as this worker: a running run whose lock is free has lost its worker.
        await using var claim = await AdvisoryLock.TryTakeAsync(ledger, WorkerLock(runId), cancellation);
        if (claim is null || !await runs.StartAsync(runId, cancellation)) return null;
        try
        {
            var run = await runs.GetAsync(runId, cancellation);
            var dataset = await datasets.GetAsync(run.DatasetId, cancellation);
            var request = new RunRequest(dataset.Name, StarFilter.FromJson(run.DatasetFilter), RunParameters.FromJson(run.Algorithm, run.Parameters));
            if (request.Parameters.Features is null)
            {
                // Not submitted here, or by an older program: from now on it says which.
                request = request with { Parameters = (await recipes.ResolveAsync(run.DatasetId, request.Filter, request.Parameters, cancellation)).Parameters };
                await runs.ResolveAsync(runId, request.Parameters, cancellation);
            }
            var (analysis, load) = await AnalyseAsync(dataset, request, progress, cancellation);
            var persist = await PersistAsync(runId, analysis, progress, cancellation);
            return new RunOutcome(runId, dataset, request, analysis, new RunTimings(load, analysis.ComputeMs, persist, 0));
        }
        catch (OperationCanceledException)
        {
            if (RequeueWhenCancelled) await runs.RequeueAsync(runId, CancellationToken.None);
            else await runs.CancelAsync(runId, CancellationToken.None);
            throw;
        }
        catch (LedgerException e)
        {
            await runs.FailAsync(runId, e.Hint is null ? e.Message : $"{e.Message}. {e.Hint}", CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            await runs.FailAsync(runId, $"the program met an unexpected problem ({e.GetType().Name})", CancellationToken.None);
            throw;
        }
    }

    /// <summary>Analyses without storing anything.</summary>
    public async Task<RunOutcome> PreviewAsync(RunRequest request, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Parameters.Validate();
        request.Filter.Validate();
        var dataset = await datasets.FindAsync(request.Dataset, cancellation);
        var (parameters, choice) = await recipes.ResolveAsync(dataset.DatasetId, request.Filter, request.Parameters, cancellation);
        request = request with { Parameters = parameters };
        var (analysis, load) = await AnalyseAsync(dataset, request, progress, cancellation);
        return new RunOutcome(null, dataset, request, analysis, new RunTimings(load, analysis.ComputeMs, 0, 0)) { RecipeChoice = choice };
    }

    /// <summary>What helps to choose DBSCAN's eps: distances to k-th neighbours, and what several values of eps would find.</summary>
    /// <param name="features">null = the recipe that a cluster run would take</param>
    /// <param name="k">DBSCAN's min_samples, the star itself included</param>
    /// <exception cref="LedgerException">no such dataset or recipe, too few stars, or k out of range</exception>
    public async Task<EpsAdvice> KDistanceAsync(string dataset, StarFilter filter, string? features, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        RunParameters parameters = new DbscanParameters { Features = features, MinSamples = k };
        parameters.Validate();
        filter.Validate();
        var found = await datasets.FindAsync(dataset, cancellation);
        (parameters, var choice) = await recipes.ResolveAsync(found.DatasetId, filter, parameters, cancellation);
        var stars = await selections.LoadAsync(found.DatasetId, filter, null, cancellation);
        return EpsAdvice.Of(stars, filter, StarAnalysis.Recipe(parameters), choice, k, MaxThreads, cancellation);
    }

    /// <summary>Fails the running runs whose worker died; answers how many there were.</summary>
    public async Task<int> ReapAsync(CancellationToken cancellation = default)
    {
        var dead = 0;
        foreach (var run in await runs.ListAsync(new RunQuery(Status: RunStatus.Running, Limit: 1000), cancellation))
        {
            await using var claim = await AdvisoryLock.TryTakeAsync(ledger, WorkerLock(run.RunId), cancellation);
            if (claim is null) continue;
            await runs.FailAsync(run.RunId, "the program that ran it ended before it was done; start it again", cancellation);
            dead++;
        }
        return dead;
    }

    async Task<(StarAnalysis Analysis, double LoadMs)> AnalyseAsync(
        Dataset dataset, RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        progress?.Report(new RunProgress("load", 0));
        var expected = Math.Max(1, dataset.StarCount);
        Task<StarColumns> LoadAsync() => selections.LoadAsync(dataset.DatasetId, request.Filter,
            progress is null ? null : new Relay<long>(n => progress.Report(new RunProgress("load", (double)n / expected))), cancellation);
        var stars = Memory is null ? await LoadAsync() : await Memory.StarsAsync(dataset.DatasetId, request.Filter.ToJson(), LoadAsync);
        var load = watch.Elapsed.TotalMilliseconds;
        progress?.Report(new RunProgress("compute", 0));
        var analysis = StarAnalysis.Run(stars, request.Parameters, MaxThreads,
            progress is null ? null : new Relay<double>(f => progress.Report(new RunProgress("compute", f))), Memory, cancellation);
        return (analysis, load);
    }

    async Task<double> PersistAsync(Guid runId, StarAnalysis analysis, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        progress?.Report(new RunProgress("persist", 0));
        await using var completion = await runs.BeginCompletionAsync(runId, cancellation);
        if (analysis.Anomalies is not null)
            await completion.SaveAnomaliesAsync(analysis.Stars.StarId, analysis.Scores(), cancellation);
        else
            await completion.SaveClustersAsync(analysis.Stars.StarId, analysis.Clusters!.Labels, analysis.Clusters.Probabilities, cancellation);
        await completion.MarkCompleteAsync(analysis.Stars.Count, analysis.SummaryJson(), cancellation);
        await completion.CommitAsync(cancellation);
        return watch.Elapsed.TotalMilliseconds;
    }

    // The random part of a version 7 id: the first half is the time, alike for runs of one moment.
    static long WorkerLock(Guid runId)
    {
        Span<byte> bytes = stackalloc byte[16];
        runId.TryWriteBytes(bytes, bigEndian: true, out _);
        return BitConverter.ToInt64(bytes[8..]);
    }

    // Progress<T> would hop threads and reorder; reports here are cheap and come in order.
    sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
