using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Requests;

/// <summary>Sets of parameters for the runs of one sweep.</summary>
public static class RunSweep
{
    public const int MostRuns = 1000;

    /// <summary>
    /// Every combination of the grid's values, for each set of the list, with each seed; in that order, seeds changing fastest, but with
    /// the runs together that can share their work: those of one seed that differ in the contamination.
    /// </summary>
    /// <param name="fixedParameters">JSON object of what all have in common; null = nothing</param>
    /// <param name="grid">values by parameter, in the algorithm's names</param>
    /// <param name="sets">JSON objects, each with parameters that belong together; empty = none</param>
    /// <param name="seeds">of an algorithm with random numbers; empty = its default</param>
    /// <exception cref="LedgerException">unknown or out of range, given twice, two sets alike, or more than
    /// <see cref="MostRuns"/></exception>
    public static IReadOnlyList<RunParameters> Expand(
        string algorithm,
        JsonObject? fixedParameters,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<JsonNode?>>> grid,
        IReadOnlyList<JsonObject> sets,
        IReadOnlyList<long> seeds
    )
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(seeds);
        var described = ParameterReader.Algorithm(algorithm);
        var axes = new List<IReadOnlyList<JsonObject>>();
        if (sets.Count > 0)
            axes.Add(sets);
        foreach (var (name, values) in grid)
        {
            if (values.Count == 0)
                throw LedgerException.Invalid($"grid.{name}", $"{name} has no values in the grid", "Give at least one, or leave it out.");
            axes.Add([.. values.Select(v => new JsonObject { [name] = v?.DeepClone() })]);
        }
        if (seeds.Count > 0)
        {
            if (described.Seed is not { } seed)
                throw LedgerException.Invalid(
                    "seeds",
                    $"{algorithm} uses no random numbers: every seed would find the same",
                    "Leave the seeds out."
                );
            axes.Add([.. seeds.Select(s => new JsonObject { [seed.Name] = s })]);
        }
        var count = axes.Aggregate(1L, (n, a) => Math.Min(n * a.Count, int.MaxValue));
        if (count > MostRuns)
            throw LedgerException.Invalid(
                "grid",
                $"the sweep has {count} runs, expected at most {MostRuns}",
                "Give fewer values, or several sweeps."
            );
        IEnumerable<JsonObject> all = [fixedParameters ?? []];
        foreach (var axis in axes)
            all = all.SelectMany(_ => axis, Merge);
        var expanded = all.Select(p => ParameterReader.Read(described, p.ToJsonString())).ToList();
        if (expanded.GroupBy(p => p).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw LedgerException.Invalid(
                "grid",
                $"the sweep holds the same parameters twice: {twice.Key.ToJson()}",
                "Each run of a sweep must differ from the others."
            );
        return [.. expanded.GroupBy(p => p.Algorithm.WorkOf(p)).SelectMany(group => group)];
    }

    private static JsonObject Merge(JsonObject one, JsonObject other)
    {
        var both = one.DeepClone().AsObject();
        foreach (var (name, value) in other)
        {
            if (both.ContainsKey(name))
                throw LedgerException.Of(
                    ErrorCode.ConflictingValues,
                    $"{name} is given more than once: in the parameters, the list, the grid or the seeds",
                    "Give it in one place.",
                    $"grid.{name}"
                );
            both[name] = value?.DeepClone();
        }
        return both;
    }
}

/// <summary>A sweep as a whole.</summary>
/// <param name="Runs">how many it has</param>
/// <param name="Statuses">how many have each status</param>
/// <param name="CreatedAt">when its first run was created</param>
/// <param name="EndedAt">when its last run ended; null while one has not</param>
/// <param name="Metric">what the three numbers are of: <c>anomaly_count</c> or <c>cluster_count</c></param>
public sealed record SweepSummary(
    Guid GroupId,
    string Algorithm,
    long DatasetId,
    int Runs,
    IReadOnlyDictionary<string, int> Statuses,
    DateTime CreatedAt,
    DateTime? EndedAt,
    string Metric,
    double? Least,
    double? Mean,
    double? Most
)
{
    public bool IsOver => Statuses[RunStatus.Pending] + Statuses[RunStatus.Running] == 0;

    /// <exception cref="LedgerException">there is no such sweep</exception>
    public static async Task<SweepSummary> ReadAsync(LedgerDatabase ledger, Guid groupId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select max(algorithm), max(dataset_id), count(*)::int, min(created_at), case when bool_and(completed_at is not null)
                      then max(completed_at) end, max(run_type),
                           min(n), avg(n)::float8, max(n), {string.Join(
                        ", ",
                        RunStatus.All.Select(s => $"count(*) filter (where status = '{s}')::int")
                    )}
                    from (select *, (results_summary ->> case run_type when 'anomaly' then 'anomaly_count'
                      else 'cluster_count' end)::float8 as n
                          from public.discovery_runs where group_id = $1) runs
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = groupId } },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                if (reader.GetInt32(2) == 0)
                    throw LedgerException.Of(
                        ErrorCode.SweepNotFound,
                        $"there is no sweep {groupId}",
                        "The runs of a sweep name it as group_id."
                    );
                double? Number(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
                return new SweepSummary(
                    groupId,
                    reader.GetString(0),
                    reader.GetInt64(1),
                    reader.GetInt32(2),
                    RunStatus.All.Select((s, i) => (s, reader.GetInt32(9 + i))).ToDictionary(p => p.s, p => p.Item2),
                    reader.GetDateTime(3),
                    reader.IsDBNull(4) ? null : reader.GetDateTime(4),
                    reader.GetString(5) == RunTypes.Anomaly ? "anomaly_count" : "cluster_count",
                    Number(6),
                    Number(7),
                    Number(8)
                );
            },
            cancellationToken
        );
    }
}
