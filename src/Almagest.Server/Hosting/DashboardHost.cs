using Almagest.Dashboard.Access;
using Almagest.Dashboard.Shared;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Runs.Changes;
using Almagest.Runs.Explanation;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Review;
using Almagest.Server.Access;
using Almagest.Server.Analytics;
using Almagest.Server.Jobs;

namespace Almagest.Server.Hosting;

/// <summary>This server as the dashboard's pages see it.</summary>
internal sealed class DashboardHost(
    ServerOptions options,
    RunQueue queue,
    RunExplainer explainer,
    RunKinds kinds,
    RunChangeReader changes,
    RunReviews reviews,
    ViewRefreshes refreshes,
    TokenVerifier tokens,
    AuditLog audit,
    StandbyLag lag
) : IDashboardHost, IChangeHost
{
    private const int Executions = 20;

    public long MaxUploadBytes => options.MaxUploadBytes;

    public int MostWaitingRuns => options.MostWaitingRuns;

    public int RunThreads => options.RunThreads;

    public TimeSpan AsksAgainEvery => options.PagesAskAgainEvery;

    public LedgerDatabase Reading => options.Reading;

    public Task<double?> BehindAsync(CancellationToken cancellationToken) =>
        options.ReadLedger is null ? Task.FromResult<double?>(null) : lag.SecondsAsync(cancellationToken);

    public RunExplainer Explainer => explainer;

    public RunKinds Kinds => kinds;

    public RunChangeReader RunChanges => changes;

    public RunReviews Reviews => reviews;

    public void Enqueue(Guid runId) => queue.Signal();

    public RunProgress? ProgressOf(Guid runId) => queue.ProgressOf(runId);

    public IReadOnlyList<(DateTime At, string Stage)> LogOf(Guid runId) => queue.LogOf(runId);

    public Task<IReadOnlyList<ViewRefreshOutcome>> RefreshViewsAsync(string? view, CancellationToken cancellationToken) =>
        refreshes.RefreshAsync(view, cancellationToken);

    public async Task<bool> IsStillLetInAsync(Person person, CancellationToken cancellationToken) =>
        person.Token is not { } hash || await tokens.FindAsync(hash, cancellationToken) is { } now && now.Scope == person.Scope;

    public void Audit(Person person, string action, string target) => audit.Write(person, action, target, null);

    public async Task<IReadOnlyList<ScheduledJobExecution>> JobsAsync(CancellationToken cancellationToken) =>
        [
            .. (await new JobStatusReader(options.Ledger).ReadAsync(Executions, cancellationToken)).SelectMany(job =>
                job.History.Count == 0
                    ? [new ScheduledJobExecution(job.Job, job.Schedule, job.NextFire, null, null, null, null)]
                    : job.History.Select(h => new ScheduledJobExecution(
                        job.Job,
                        job.Schedule,
                        job.NextFire,
                        h.FiredAt,
                        h.DurationMs,
                        h.Result,
                        h.Summary
                    ))
            ),
        ];
}
