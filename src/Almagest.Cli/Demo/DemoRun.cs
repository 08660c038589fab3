using Almagest.Cli.Reports;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Scoring;

namespace Almagest.Cli.Demo;

/// <summary>What is kept of one run of the demonstration; its per-star results are in the ledger.</summary>
/// <param name="Parameters">as the run stores them; as planned where it could not be done</param>
/// <param name="Choice">why its recipe was taken; null where the plan names it</param>
/// <param name="Letter">names it in the tables</param>
/// <param name="Score">beside the labels; null where there are none</param>
/// <param name="Failure">why it could not be done with this catalogue; the rest is empty then</param>
internal sealed record DemoRun(
    string Letter,
    PlannedRun Planned,
    RunParameters Parameters,
    RecipeChoice? Choice,
    Guid? RunId,
    int Stars,
    int Excluded,
    int Found,
    int Noise,
    IReadOnlyList<string> Notes,
    RunTimings? Timings,
    RunScoreResource? Score,
    IReadOnlyList<ClusterDescription> Clusters,
    string? Failure
)
{
    /// <summary>The real clusters and what was found of them, largest first; empty where none is known.</summary>
    public IReadOnlyList<ClusterRecovery> Recovered => [.. (Score?.Clusters ?? []).Select(ClusterRecovery.Of)];

    public bool IsAnomaly => Planned.Parameters.Algorithm.RunType == RunTypes.Anomaly;
}

/// <summary>Executes the plan; the views are brought up to date once, at the end.</summary>
internal static class DemoRunner
{
    private const int ClustersKept = 12;

    public static async Task<(IReadOnlyList<DemoRun> Runs, IReadOnlyList<ViewRefreshOutcome> Views)> RunAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        Dataset dataset,
        DemoTruth truth,
        IWorkProgress? progress
    )
    {
        var service = new DiscoveryService(ledger) { By = Environment.UserName };
        var runs = new List<DemoRun>();
        foreach (var planned in DemoPlan.Runs)
        {
            var letter = ((char)('A' + runs.Count)).ToString();
            var relay = RunStages.Relay(progress, $"run {runs.Count + 1} of {DemoPlan.Runs.Count}: ");
            try
            {
                var (run, choice) = await service.ChooseAndSubmitAsync(
                    new RunRequest(dataset.Name, StarFilter.All, planned.Parameters),
                    shell.CancellationToken
                );
                var outcome =
                    await service.ExecuteAsync(run.RunId, relay, shell.CancellationToken)
                    ?? throw LedgerException
                        .Of(
                            ErrorCode.RunTaken,
                            $"run {run.RunId} was taken by another worker",
                            "Run the demonstration without a busy server beside it."
                        )
                        .With("run_id", run.RunId);
                var score = truth.IsThere ? await new RunScorer(ledger).ScoreAsync(run.RunId, "truth", shell.CancellationToken) : null;
                runs.Add(Keep(letter, planned, outcome with { RecipeChoice = choice }, score));
            }
            catch (LedgerException e) when (e is { Kind: LedgerErrorKind.Invalid, Field: "parameters" or "parameters.features" })
            {
                // A catalogue without parallaxes or colours cannot take part in every run; the others go on.
                runs.Add(new DemoRun(letter, planned, planned.Parameters, null, null, 0, 0, 0, 0, [], null, null, [], e.Message));
            }
        }
        if (runs.All(r => r.RunId is null))
            throw new CommandFailedException($"no run could be done: {runs[0].Failure}");
        progress?.Report("refreshing views", null);
        return (runs, await new ViewRefresher(ledger).RefreshPendingAsync("run", shell.CancellationToken));
    }

    private static DemoRun Keep(string letter, PlannedRun planned, RunOutcome outcome, RunScoreResource? score)
    {
        var analysis = outcome.Analysis;
        return new DemoRun(
            letter,
            planned,
            outcome.Request.Parameters,
            outcome.RecipeChoice,
            outcome.RunId,
            analysis.Stars.Count,
            (int)analysis.Features.Excluded.Sum(e => e.Count),
            analysis.Clusters?.ClusterCount ?? analysis.AnomalyCount,
            analysis.Clusters?.NoiseCount ?? 0,
            analysis.Features.Notes,
            outcome.Timings,
            score,
            outcome.Clusters.Largest(ClustersKept),
            null
        );
    }
}
