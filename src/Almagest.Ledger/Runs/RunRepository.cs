using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Runs;

/// <summary>Which runs to list; null = any.</summary>
public sealed record RunQuery(string? RunType = null, string? Status = null, long? DatasetId = null, int Limit = 100, Guid? Before = null, string? Tag = null);

/// <summary>
/// The runs of the ledger. A run is created <c>pending</c>, started once, and ends <c>completed</c>, <c>failed</c> or
/// <c>cancelled</c>; a complete run never changes, it can only be deleted, and its results with it.
/// </summary>
public sealed class RunRepository(LedgerDatabase ledger)
{
    public static string ProgramVersion { get; } = typeof(RunRepository).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Stores a new pending run and answers it.</summary>
    /// <exception cref="LedgerException">no such dataset</exception>
    public async Task<DiscoveryRun> CreateAsync(long datasetId, RunParameters parameters, StarFilter filter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(filter);
        var run = new DiscoveryRun
        {
            RunId = Guid.CreateVersion7(),
            RunType = parameters.RunType,
            Algorithm = parameters.Algorithm,
            Parameters = parameters.ToJson(),
            DatasetId = datasetId,
            DatasetFilter = filter.ToJson(),
            Status = RunStatus.Pending,
            RandomSeed = parameters.Seed,
            ProgramVersion = ProgramVersion,
            CreatedAt = Truncate(DateTime.UtcNow),
        };
        await using var context = ledger.CreateContext();
        context.Runs.Add(run);
        try
        {
            await context.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            throw LedgerException.NotFound($"there is no dataset {datasetId}");
        }
        catch (DbUpdateException e) when (e.InnerException is NpgsqlException inner)
        {
            throw PostgresErrors.Translate(inner);
        }
        return run;
    }

    /// <summary>Claims a pending run for this worker; false where it is no longer pending.</summary>
    public async Task<bool> StartAsync(Guid runId, CancellationToken cancellation = default) =>
        await ExecuteAsync("update public.discovery_runs set status = 'running', started_at = clock_timestamp() where run_id = $1 and status = 'pending'",
            cancellation, runId) == 1;

    /// <summary>Writes down the recipe of a run that was stored without one; it is being worked on.</summary>
    internal Task ResolveAsync(Guid runId, RunParameters parameters, CancellationToken cancellation) =>
        ExecuteAsync("update public.discovery_runs set parameters = $2::jsonb where run_id = $1 and status = 'running'", cancellation, runId, parameters.ToJson());

    /// <summary>Ends a run that is not complete.</summary>
    public Task FailAsync(Guid runId, string error, CancellationToken cancellation = default) => EndAsync(runId, RunStatus.Failed, error, cancellation);

    /// <summary>Ends a run that is not complete, because the user wished so.</summary>
    public Task CancelAsync(Guid runId, CancellationToken cancellation = default) => EndAsync(runId, RunStatus.Cancelled, null, cancellation);

    /// <summary>Puts a running run back among the pending ones: its worker stops in good order.</summary>
    public Task RequeueAsync(Guid runId, CancellationToken cancellation = default) =>
        ExecuteAsync("update public.discovery_runs set status = 'pending', started_at = null where run_id = $1 and status = 'running'", cancellation, runId);

    Task<int> EndAsync(Guid runId, string status, string? error, CancellationToken cancellation) =>
        ExecuteAsync("""
            update public.discovery_runs set status = $2, error = $3, completed_at = clock_timestamp()
            where run_id = $1 and status in ('pending', 'running')
            """, cancellation, runId, status, error);

    /// <summary>Opens the transaction in which a run's results and its completion become visible together.</summary>
    public Task<RunCompletion> BeginCompletionAsync(Guid runId, CancellationToken cancellation = default) =>
        RunCompletion.BeginAsync(ledger, runId, cancellation);

    /// <exception cref="LedgerException">no such run</exception>
    public async Task<DiscoveryRun> GetAsync(Guid runId, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.Runs.Where(r => r.RunId == runId), cancellation)).FirstOrDefault()
        ?? throw LedgerException.NotFound($"there is no run {runId}", "GET /discovery/runs or 'almagest runs list' lists them.");

    /// <summary>Newest first; the next page starts before the last one's run id (ids are ordered by time).</summary>
    public async Task<IReadOnlyList<DiscoveryRun>> ListAsync(RunQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await ledger.ReadAsync(context =>
        {
            var runs = context.Runs.AsQueryable();
            if (query.RunType is { } type) runs = runs.Where(r => r.RunType == type);
            if (query.Status is { } status) runs = runs.Where(r => r.Status == status);
            if (query.DatasetId is { } dataset) runs = runs.Where(r => r.DatasetId == dataset);
            if (query.Tag is { } tag) runs = runs.Where(r => context.RunTags.Any(t => t.RunId == r.RunId && t.Tag == tag));
            if (query.Before is { } before) runs = runs.Where(r => r.RunId.CompareTo(before) < 0);
            return runs.OrderByDescending(r => r.RunId).Take(query.Limit);
        }, cancellation);
    }

    /// <summary>Pending runs, oldest first, that were submitted at least <paramref name="age"/> ago.</summary>
    public Task<List<Guid>> PendingAsync(TimeSpan age, int limit, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var before = DateTime.UtcNow - age;
            return context.Runs.Where(r => r.Status == RunStatus.Pending && r.CreatedAt <= before).OrderBy(r => r.RunId).Take(limit).Select(r => r.RunId);
        }, cancellation);

    /// <summary>How many runs have each status; every status has its number.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountByStatusAsync(CancellationToken cancellation = default)
    {
        var found = await ledger.ReadAsync(context => context.Runs.GroupBy(r => r.Status).Select(g => new { Status = g.Key, Count = g.LongCount() }), cancellation);
        return RunStatus.All.ToDictionary(s => s, s => found.FirstOrDefault(f => f.Status == s)?.Count ?? 0);
    }

    public async Task<long> CountAsync(CancellationToken cancellation = default)
    {
        await using var context = ledger.CreateContext();
        return await context.Runs.LongCountAsync(cancellation);
    }

    /// <summary>The run whose id starts or ends so; at least six characters, as printed in tables.</summary>
    /// <exception cref="LedgerException">none, or more than one</exception>
    public async Task<DiscoveryRun> FindAsync(string idOrPrefix, CancellationToken cancellation = default)
    {
        if (Guid.TryParse(idOrPrefix, out var id)) return await GetAsync(id, cancellation);
        var prefix = idOrPrefix.ToLowerInvariant();
        if (prefix.Length < 6 || prefix.Any(c => !char.IsAsciiHexDigit(c) && c != '-'))
            throw LedgerException.Invalid("run_id", $"'{idOrPrefix}' is no run id", "Give the whole id, or at least six characters of its start or end.");
        var matches = await ledger.ReadAsync(
            context => context.Runs.Where(r => r.RunId.ToString().StartsWith(prefix) || r.RunId.ToString().EndsWith(prefix)).Take(2), cancellation);
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw LedgerException.NotFound($"there is no run whose id starts or ends with '{idOrPrefix}'", "'almagest runs list' lists them."),
            _ => throw LedgerException.Conflict($"more than one run has an id that starts or ends with '{idOrPrefix}'", "Give more characters."),
        };
    }

    /// <summary>Deletes a run and its results in one transaction.</summary>
    /// <exception cref="LedgerException">no such run, or it is being worked on</exception>
    public async Task DeleteAsync(Guid runId, CancellationToken cancellation = default)
    {
        if (await ExecuteAsync("delete from public.discovery_runs where run_id = $1 and status <> 'running'", cancellation, runId) == 1) return;
        var run = await GetAsync(runId, cancellation);
        throw LedgerException.Conflict($"run {runId} is {run.Status}", "Wait until it has ended, then delete it; a run whose program died is found and failed by the next command or server.");
    }

    async Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params object?[] parameters)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
            foreach (var value in parameters)
                command.Parameters.Add(value is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new() { Value = value });
            return await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    // PostgreSQL keeps microseconds: what is answered must equal what is stored.
    static DateTime Truncate(DateTime time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
}
