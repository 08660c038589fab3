using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Execution;

/// <summary>A complete anomaly run with what is stored to go on from it: its model can be fitted again, its scores can meet another
/// threshold.</summary>
/// <param name="Summary">its <c>results_summary</c></param>
/// <param name="Offset">the threshold on the raw scores: raw score = stored score + offset</param>
internal sealed record ScoredRun(DiscoveryRun Run, AnomalyParameters Parameters, StarFilter Filter, ResultsSummary Summary, double Offset)
{
    /// <exception cref="LedgerException">no such run, it is of another type, not complete, or stored by a program that kept too
    /// little</exception>
    public static async Task<ScoredRun> GetAsync(LedgerDatabase ledger, Guid runId, CancellationToken cancellationToken)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (run.RunType != RunTypes.Anomaly)
        {
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {runId} is a {run.RunType} run by {run.Algorithm}, expected an anomaly run",
                "Only an anomaly run has scores, with an explanation and a threshold.",
                "run_id"
            );
        }
        if (!run.IsComplete)
            throw LedgerException
                .Of(
                    ErrorCode.RunNotComplete,
                    $"run {runId} is {run.Status}{(run.Error is null ? "" : $": {run.Error}")}",
                    "Only a complete run has scores."
                )
                .With("run_id", run.RunId)
                .With("status", run.Status);
        if (ResultsSummary.Parse(run.ResultsSummary) is not { ScoreOffset: { } offset } summary)
        {
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"run {runId} does not say which offset its scores have (results_summary.score_offset)",
                    "It was stored by another program. Run it again with this one."
                )
                .With("run_id", runId);
        }
        try
        {
            var parameters = (AnomalyParameters)ParameterReader.ReadStored(run);
            return new ScoredRun(run, parameters, StarFilter.FromJson(run.DatasetFilter), summary, offset);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            // Stored, not given by the user: nothing in the request is wrong.
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"this program (version {Almagest.Contract.ProgramVersion.Current}) cannot repeat run {runId} of version "
                        + $"{run.ProgramVersion}: {e.Message}",
                    "Use the program version that made it, or run it again with this one.",
                    inner: e
                )
                .With("run_id", runId);
        }
    }
}
