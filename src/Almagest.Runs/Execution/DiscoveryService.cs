using System.Diagnostics;
using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Execution;

/// <summary>What a run found. <see cref="RunId"/> is null where nothing was stored.</summary>
/// <param name="Request">with the recipe that was taken, as <c>name@version</c></param>
public sealed record RunOutcome(Guid? RunId, Dataset Dataset, RunRequest Request, StarAnalysis Analysis, RunTimings Timings)
{
    /// <summary>Names of all datasets of the selection.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [Dataset.Name];

    /// <summary>Why this recipe was taken; null where the request named it.</summary>
    public RecipeChoice? RecipeChoice { get; init; }

    /// <summary>Of a cluster run: what it says of each of its clusters, by number.</summary>
    public IReadOnlyList<DiscoveryCluster> Clusters { get; init; } = [];

    /// <summary>What became of the views afterwards; null where nothing was stored, or the caller sees to them.</summary>
    public KeptViews? Views { get; init; }
}

/// <summary>
/// Runs discoveries: loads the selection, prepares features, runs the algorithm, stores every per-star result and the run's
/// completion in one transaction, and brings the views that it touches up to date.
/// </summary>
public sealed class DiscoveryService(LedgerDatabase ledger)
{
    private readonly RunRepository _runs = new(ledger);
    private readonly DatasetRepository _datasets = new(ledger);
    private readonly SelectionLoader _selections = new(ledger);
    private readonly RecipeResolver _recipes = new(ledger);
    private readonly RunClaims _claims = new(ledger);

    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result.</summary>
    public int MaxThreads { get; init; }

    /// <summary>Null = every run starts afresh. With one, runs over the same selection share what they can: a sweep of cluster sizes one
    /// tree.</summary>
    public AnalysisCache? Memory { get; init; }

    /// <summary>
    /// What becomes of a run whose execution is cancelled: true = it is pending again, for the next worker (a server that
    /// stops); false = it is cancelled for good (a user who pressed Ctrl-C).
    /// </summary>
    public bool RequeueWhenCancelled { get; init; }

    /// <summary>How long a run may be worked on; null = as long as it takes.</summary>
    public TimeSpan? LongestRun { get; init; }

    /// <summary>Who starts its runs; null = not said.</summary>
    public string? By { get; init; }

    /// <summary>What its runs may hold in memory.</summary>
    internal RunMemory Limits { get; init; } = RunMemory.Here;

    /// <summary>How the files of large selections are made.</summary>
    internal Func<ScratchRoom> Rooms { get; init; } = () => new ScratchRoom();

    /// <summary>Whether <see cref="RunAsync"/> waits only a moment for the views where a running server refreshes them.</summary>
    public bool LeavesViewsToServer { get; init; }

    /// <summary>Checks a request and puts it into the queue.</summary>
    /// <exception cref="LedgerException">no such dataset, a parameter out of range, or too few stars: nothing is stored</exception>
    public async Task<DiscoveryRun> SubmitAsync(RunRequest request, CancellationToken cancellationToken = default) =>
        (await ChooseAndSubmitAsync(request, cancellationToken)).Run;

    /// <summary>The same, and why its recipe was taken: null where the request names it.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public async Task<(DiscoveryRun Run, RecipeChoice? Choice)> ChooseAndSubmitAsync(
        RunRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var submitted = await new RunSubmitter(ledger).SubmitAsync(request, RunPlacement.Queued with { By = By }, null, cancellationToken);
        return (submitted.Runs[0], submitted.Choice);
    }

    /// <summary>Submits and executes a run, and waits for the views that it touches.</summary>
    public async Task<RunOutcome> RunAsync(
        RunRequest request,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var submitter = new RunSubmitter(ledger) { Memory = Limits };
        var submitted = await submitter.SubmitAsync(request, RunPlacement.Own with { By = By }, null, cancellationToken);
        var run = submitted.Runs[0];
        RunOutcome outcome;
        try
        {
            outcome =
                await ExecuteAsync(run.RunId, progress, cancellationToken)
                ?? throw LedgerException.Of(ErrorCode.RunTaken, $"run {run.RunId} was taken by another worker").With("run_id", run.RunId);
        }
        catch
        {
            // The timeline counts failed and cancelled runs, too. What stopped the run must not stop this.
            await new ViewRefresher(ledger).RefreshPendingAsync("run", CancellationToken.None);
            throw;
        }
        var watch = Stopwatch.StartNew();
        progress?.Report(new RunProgress("views", 0));
        var kept = LeavesViewsToServer
            ? await new ViewKeeper(ledger).KeepAsync(
                "run",
                new SynchronousProgress<ConversionProgress>(p =>
                    progress?.Report(new RunProgress($"views: {p.Stage}", p.Total == 0 ? 0 : (double)p.Done / p.Total))
                ),
                cancellationToken
            )
            : new KeptViews(await new ViewRefresher(ledger).RefreshPendingAsync("run", cancellationToken), false, null);
        return outcome with
        {
            RecipeChoice = submitted.Choice,
            Timings = outcome.Timings with { Views = watch.Elapsed.TotalMilliseconds },
            Views = kept,
        };
    }

    /// <summary>Executes a pending run; null where another worker has it. The views are left to whoever watches them.</summary>
    /// <exception cref="LedgerException">the run failed or was cancelled; it is marked so, with the reason</exception>
    public async Task<RunOutcome?> ExecuteAsync(
        Guid runId,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => await _claims.TakeAsync(runId, cancellationToken) is { } claim ? await ExecuteAsync(claim, progress, cancellationToken) : null;

    /// <summary>Executes a run that this worker has taken.</summary>
    /// <exception cref="LedgerException">the run failed, was cancelled, or was given to another worker; it is marked so, with the
    /// reason</exception>
    public async Task<RunOutcome> ExecuteAsync(
        RunClaim claim,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(claim);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (LongestRun is { } longest)
            limit.CancelAfter(longest);
        await using var heart = new RunHeartbeat(_claims, claim, progress, limit.Token);
        try
        {
            // The session that holds it tells those who look for lost workers that this one lives, even when it is too busy to say so.
            await using var hold = await AdvisoryLock.TryTakeAsync(ledger, claim.Lock, heart.Token);
            return await WorkAsync(claim, heart, heart.Token);
        }
        catch (OperationCanceledException) when (heart.Response == HeartbeatResponse.Lost)
        {
            throw LedgerException
                .Of(
                    ErrorCode.RunLost,
                    $"run {claim.RunId} was taken from this worker: it was ended elsewhere, or no heartbeat of it was seen for too long"
                )
                .With("run_id", claim.RunId);
        }
        catch (OperationCanceledException) when (heart.Response == HeartbeatResponse.Cancel)
        {
            await AtEndAsync(() => _claims.EndAsync(claim, RunStatus.Cancelled, null));
            throw LedgerException
                .Of(ErrorCode.RunCancelled, $"run {claim.RunId} was cancelled", "Start it again.")
                .With("run_id", claim.RunId);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var tooLong = LedgerException
                .Of(
                    ErrorCode.RunTooLong,
                    $"run {claim.RunId} was ended: it took longer than the {Words(LongestRun!.Value)} that the server lets a run take",
                    "Take fewer stars, samples or trees, or let whoever operates the server allow more."
                )
                .With("run_id", claim.RunId)
                .With("seconds", LongestRun.Value.TotalSeconds);
            await AtEndAsync(() => _claims.EndAsync(claim, RunStatus.Failed, $"{tooLong.Message}. {tooLong.Remedy}"));
            throw tooLong;
        }
        catch (OperationCanceledException)
        {
            await AtEndAsync(() => RequeueWhenCancelled ? _claims.ReleaseAsync(claim) : _claims.EndAsync(claim, RunStatus.Cancelled, null));
            throw;
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            // Not the run's fault: it is tried again, like that of a worker that was lost.
            await AtEndAsync(() => _claims.LoseAsync(claim, TimeSpan.Zero, e.Message, CancellationToken.None));
            throw;
        }
        catch (LedgerException e)
        {
            await AtEndAsync(() => _claims.EndAsync(claim, RunStatus.Failed, e.Remedy is null ? e.Message : $"{e.Message}. {e.Remedy}"));
            throw;
        }
        catch (Exception e)
        {
            await AtEndAsync(() =>
                _claims.EndAsync(claim, RunStatus.Failed, $"the program met an unexpected problem ({e.GetType().Name})")
            );
            throw;
        }
    }

    // Where even this fails, the run is found by its silence.
    private static async Task AtEndAsync(Func<Task> mark)
    {
        try
        {
            await mark();
        }
        catch (LedgerException)
        {
            // What went wrong before is thrown.
        }
    }

    private async Task<RunOutcome> WorkAsync(RunClaim claim, RunHeartbeat progress, CancellationToken cancellationToken)
    {
        var runId = claim.RunId;
        var run = await _runs.GetAsync(runId, cancellationToken);
        var dataset = await _datasets.GetAnyAsync(run.DatasetId, cancellationToken);
        var request = new RunRequest(dataset.Name, StarFilter.FromJson(run.DatasetFilter), ParameterReader.ReadStored(run));
        InPlaceRuns.Require(dataset, request.Parameters.Algorithm);
        if (request.Parameters.Features is null)
        {
            // Not submitted here, or by an older program: from now on it says which.
            var (parameters, choice) = await _recipes.ResolveAsync(run.DatasetId, request.Filter, request.Parameters, cancellationToken);
            request = request with { Parameters = parameters };
            await _runs.ResolveAsync(runId, parameters, choice?.Reason, cancellationToken);
        }
        var (analysis, load) = await AnalyseAsync(dataset, request, progress, cancellationToken);
        var watch = Stopwatch.StartNew();
        progress.Report(new RunProgress("persist", 0));
        var clusters = await new ClusterSummaries(ledger).OfAsync(dataset, analysis, cancellationToken);
        if (InPlaceStars.Of(dataset) is { } stars)
            await new FileKeeping(ledger).KeepAsync(claim, dataset, stars, request, analysis, clusters, progress, cancellationToken);
        else
            await PersistAsync(claim, analysis, clusters, cancellationToken);
        var persist = watch.Elapsed.TotalMilliseconds;
        return new RunOutcome(runId, dataset, request, analysis, new RunTimings(load, analysis.ComputeMs, persist, 0))
        {
            Datasets = [.. (await _datasets.OfAsync(run, cancellationToken)).Select(d => d.Name)],
            Clusters = clusters,
        };
    }

    /// <summary>Analyses without storing anything.</summary>
    public async Task<RunOutcome> PreviewAsync(
        RunRequest request,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ParameterReader.Require(request.Parameters);
        request.Filter.Validate();
        var (selected, filter) = await _datasets.SelectedAnyAsync(request.Dataset, request.Filter, cancellationToken);
        var dataset = selected[0];
        InPlaceRuns.Require(dataset, request.Parameters.Algorithm);
        await new SelectionCheck(ledger).RequireAsync(selected, filter, cancellationToken);
        request = request with { Filter = filter };
        var (parameters, choice) = await _recipes.ResolveAsync(dataset.DatasetId, request.Filter, request.Parameters, cancellationToken);
        request = request with { Parameters = parameters };
        var (analysis, load) = await AnalyseAsync(dataset, request, progress, cancellationToken);
        return new RunOutcome(null, dataset, request, analysis, new RunTimings(load, analysis.ComputeMs, 0, 0))
        {
            RecipeChoice = choice,
            Datasets = [.. selected.Select(d => d.Name)],
            Clusters = await new ClusterSummaries(ledger).OfAsync(dataset, analysis, cancellationToken),
        };
    }

    /// <summary>What helps to choose DBSCAN's eps: distances to k-th neighbours, and what several values of eps would find.</summary>
    /// <param name="features">null = the recipe that a cluster run would take</param>
    /// <param name="k">DBSCAN's min_samples, the star itself included</param>
    /// <exception cref="LedgerException">no such dataset or recipe, too few stars, or k out of range</exception>
    public async Task<EpsAdvice> KDistanceAsync(
        string dataset,
        StarFilter filter,
        string? features,
        int k,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        RunParameters parameters = new DbscanParameters { Features = features, MinSamples = k };
        ParameterReader.Require(parameters);
        filter.Validate();
        (var selected, filter) = await _datasets.SelectedAnyAsync(dataset, filter, cancellationToken);
        await new SelectionCheck(ledger).RequireAsync(selected, filter, cancellationToken);
        var found = selected[0];
        (parameters, var choice) = await _recipes.ResolveAsync(found.DatasetId, filter, parameters, cancellationToken);
        // Whole datasets are counted already.
        if (selected.Sum(d => d.StarCount) > Limits.MostStars(parameters with { Draws = 0 }))
            Limits.RequireDistances(parameters, await _selections.CountAsync(found.DatasetId, filter, cancellationToken));
        using var place = await LargeWork.Answers.TakeAsync(cancellationToken);
        var stars = await _selections.LoadAsync(found.DatasetId, filter, NeededNumbers.Of(parameters), null, cancellationToken);
        return await Task.Run(() => EpsAdvice.Of(stars, filter, parameters, choice, k, MaxThreads, cancellationToken), cancellationToken);
    }

    /// <summary>Looks after the running runs whose worker is lost.</summary>
    public Task<LostRunsReport> HandleLostRunsAsync(CancellationToken cancellationToken = default) =>
        _claims.HandleLostRunsAsync(cancellationToken);

    private async Task<(StarAnalysis Analysis, double LoadMs)> AnalyseAsync(
        Dataset dataset,
        RunRequest request,
        IProgress<RunProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        progress?.Report(new RunProgress("load", 0));
        var expected = Math.Max(1, dataset.StarCount);
        var relay = progress is null
            ? null
            : new SynchronousProgress<long>(n => progress.Report(new RunProgress("load", (double)n / expected)));
        var loader = new SelectedStars(ledger) { Memory = Limits, Rooms = Rooms };
        var stars = await loader.LoadAsync(dataset, request.Filter, request.Parameters, Memory?.Selections, relay, cancellationToken);
        stars = await AnsweredStars.AddAsync(ledger, dataset.DatasetId, request.Filter, stars, request.Parameters, cancellationToken);
        var load = watch.Elapsed.TotalMilliseconds;
        progress?.Report(new RunProgress("compute", 0));
        // Draws cost some times as much as what is drawn for.
        var share = request.Parameters.Draws == 0 ? 1 : 0.25;
        SynchronousProgress<double>? Told(double from, double to) =>
            progress is null
                ? null
                : new SynchronousProgress<double>(f => progress.Report(new RunProgress("compute", from + (to - from) * f)));
        try
        {
            // What is in files goes with this run: no other can use it.
            var kept = stars.IsInMemory ? Memory : null;
            var analysis = StarAnalysis.Run(stars, request.Parameters, MaxThreads, Told(0, share), kept, cancellationToken);
            if (!stars.IsInMemory)
                Limits.RequireClusters(analysis.Clusters?.ClusterCount ?? 0);
            analysis = analysis.Drawn(request.Parameters, MaxThreads, Told(share, 1), cancellationToken);
            var quality = await new QualityCuts(ledger).CountAsync(dataset.DatasetId, request.Filter, cancellationToken);
            return (analysis with { Quality = quality }, load);
        }
        catch
        {
            (stars.Room as IDisposable)?.Dispose();
            throw;
        }
    }

    // A row with its indexes, and as much again in the database's log.
    private const long BytesOfResult = 2 * 146;

    private async Task PersistAsync(
        RunClaim claim,
        StarAnalysis analysis,
        IReadOnlyList<DiscoveryCluster> clusters,
        CancellationToken cancellationToken
    )
    {
        await DiskSpace.RequireAsync(ledger, analysis.Stars.Count * BytesOfResult, cancellationToken);
        await using var completion = await _runs.BeginCompletionAsync(claim, cancellationToken);
        await completion.SaveAsync(analysis.Stars.Count, analysis.Rows, analysis.Features.Excluded, cancellationToken);
        await completion.SaveClusterSummariesAsync(clusters, cancellationToken);
        await completion.MarkCompleteAsync(analysis.Stars.Count, analysis.Summary().ToJson(), cancellationToken);
        // From here on it is complete or not: a cancellation that comes now must not leave that open.
        await completion.CommitAsync(CancellationToken.None);
    }

    // Progress<T> would hop threads and reorder; reports here are cheap and come in order.
    private static string Words(TimeSpan time)
    {
        var (count, unit) =
            time >= TimeSpan.FromHours(1) && time.Ticks % TimeSpan.TicksPerHour == 0 ? (time.TotalHours, "hour")
            : time >= TimeSpan.FromMinutes(1) && time.Ticks % TimeSpan.TicksPerMinute == 0 ? (time.TotalMinutes, "minute")
            : (time.TotalSeconds, "second");
        return string.Create(CultureInfo.InvariantCulture, $"{count:0.###} {unit}{(count == 1 ? "" : "s")}");
    }

    private sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
