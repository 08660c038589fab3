using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Tests.Execution;

/// <summary>Runs of tests that look at no view: to refresh all of them takes longer than most of these runs.</summary>
internal static class RunsWithoutViews
{
    /// <summary>Submits and executes a run, and leaves the views as they are.</summary>
    public static async Task<RunOutcome> RunOnlyAsync(
        this DiscoveryService service,
        RunRequest request,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var run = await service.SubmitAsync(request, cancellationToken);
        return await service.ExecuteAsync(run.RunId, progress, cancellationToken)
            ?? throw new InvalidOperationException("another worker took the run");
    }
}
