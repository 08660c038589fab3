using Almagest.Ledger.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Runs;

/// <summary>Two complete anomaly runs side by side, in the order in which they were asked for.</summary>
/// <param name="Common">stars flagged by both, ascending</param>
/// <param name="OnlyIn1">the first of the stars flagged by run 1 alone, ascending</param>
/// <param name="OnlyIn2">the first of the stars flagged by run 2 alone, ascending</param>
/// <param name="JaccardSimilarity">common over flagged by either, [0, 1]; 0 where neither flagged a star</param>
public sealed record RunComparison(
    DiscoveryRun Run1, DiscoveryRun Run2, long Count1, long Count2, IReadOnlyList<long> Common,
    IReadOnlyList<long> OnlyIn1, IReadOnlyList<long> OnlyIn2, double JaccardSimilarity)
{
    public long OnlyIn1Count => Count1 - Common.Count;
    public long OnlyIn2Count => Count2 - Common.Count;
}

/// <summary>Compares runs: the numbers and the common stars come from the overlap view, the stars of one side from its flags.</summary>
public sealed class RunComparer(LedgerDatabase ledger)
{
    /// <param name="limit">most stars listed on each of the two sides</param>
    /// <exception cref="LedgerException">no such run, not two different complete anomaly runs, or the view does not show the pair yet</exception>
    public async Task<RunComparison> CompareAsync(Guid run1, Guid run2, int limit = 100, CancellationToken cancellation = default)
    {
        if (run1 == run2) throw LedgerException.Invalid("run_2_id", "a run cannot be compared with itself", "Give two different runs.");
        var first = await RequireAsync("run_1_id", run1, cancellation);
        var second = await RequireAsync("run_2_id", run2, cancellation);
        var row = await new AnalyticsQueries(ledger).OverlapOfAsync(run1, run2, cancellation)
            ?? throw LedgerException.Conflict("the overlap view does not show this pair of runs yet", "It is brought up to date after each run: try again in a moment.");
        return new RunComparison(first, second,
            row.Run1Id == run1 ? row.Run1Count : row.Run2Count, row.Run1Id == run1 ? row.Run2Count : row.Run1Count,
            row.OverlappingStarIds, await OnlyInAsync(run1, run2, limit, cancellation), await OnlyInAsync(run2, run1, limit, cancellation),
            row.JaccardSimilarity);
    }

    async Task<DiscoveryRun> RequireAsync(string field, Guid runId, CancellationToken cancellation)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellation);
        if (run.RunType != RunTypes.Anomaly)
            throw LedgerException.Invalid(field, $"run {runId} is a {run.RunType} run: only anomaly runs can be compared", "Give two anomaly runs.");
        if (!run.IsComplete) throw LedgerException.Conflict($"run {runId} is {run.Status}", "Only complete runs can be compared.");
        return run;
    }

    async Task<IReadOnlyList<long>> OnlyInAsync(Guid run, Guid other, int limit, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand("""
                select a.star_id from public.discovery_results a
                where a.run_id = $1 and a.is_anomaly = 1
                  and not exists (select 1 from public.discovery_results b where b.run_id = $2 and b.star_id = a.star_id and b.is_anomaly = 1)
                order by a.star_id limit $3
                """, connection)
            {
                Parameters = { new() { Value = run }, new() { Value = other }, new() { Value = limit } },
                CommandTimeout = 120,
            };
            var stars = new List<long>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) stars.Add(reader.GetInt64(0));
            return stars;
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }
}
