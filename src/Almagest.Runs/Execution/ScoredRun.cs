using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Execution;

/// <summary>A complete anomaly run with what is stored to go on from it: its model can be fitted again, its scores can meet another threshold.</summary>
/// <param name="Summary">its <c>results_summary</c>; a copy</param>
/// <param name="Offset">the threshold on the raw scores: raw score = stored score + offset</param>
internal sealed record ScoredRun(DiscoveryRun Run, AnomalyParameters Parameters, StarFilter Filter, JsonObject Summary, double Offset)
{
    /// <exception cref="LedgerException">no such run, it is of another type, not complete, or stored by a program that kept too little</exception>
    public static async Task<ScoredRun> GetAsync(LedgerDatabase ledger, Guid runId, CancellationToken cancellation)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellation);
        if (run.RunType != RunTypes.Anomaly)
        {
            throw LedgerException.Invalid("run_id", $"run {runId} is a {run.RunType} run by {run.Algorithm}, expected an anomaly run",
                "Only an anomaly run has scores, with an explanation and a threshold.");
        }
        if (!run.IsComplete)
            throw LedgerException.Conflict($"run {runId} is {run.Status}{(run.Error is null ? "" : $": {run.Error}")}", "Only a complete run has scores.");
        if (JsonNode.Parse(run.ResultsSummary ?? "{}") is not JsonObject summary || Number(summary, "score_offset") is not { } offset)
        {
            throw LedgerException.Conflict($"run {runId} does not say which offset its scores have (results_summary.score_offset)",
                "It was stored by another program. Run it again with this one: almagest discover anomalies");
        }
        try
        {
            var parameters = (AnomalyParameters)ParameterReader.Read(run.Algorithm, run.Parameters);
            return new ScoredRun(run, parameters, StarFilter.FromJson(run.DatasetFilter), summary, offset);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            // Stored, not given by the user: nothing in the request is wrong.
            throw new LedgerException(LedgerErrorKind.Conflict,
                $"this program (version {Almagest.Contract.ProgramVersion.Current}) cannot repeat run {runId} of version {run.ProgramVersion}: {e.Message}",
                "Use the program version that made it, or run it again with this one: almagest discover anomalies", e);
        }
    }

    static double? Number(JsonObject summary, string name) =>
        summary[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
