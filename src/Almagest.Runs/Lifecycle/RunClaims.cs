using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Replay;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>A worker's hold on a run: whatever it writes of the run counts only as long as the run is in this attempt.</summary>
public sealed record RunClaim(Guid RunId, int Attempt, Guid? GroupId)
{
    // The random part of a version 7 id, apart for each attempt: a worker that hangs does not keep its successor out.
    internal long Lock
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            RunId.TryWriteBytes(bytes, bigEndian: true, out _);
            return unchecked(BitConverter.ToInt64(bytes[8..]) + Attempt);
        }
    }
}

/// <summary>What a worker hears when it gives a sign of life.</summary>
internal enum RunWish
{
    GoOn,
    Cancel,

    /// <summary>The run is no longer this worker's.</summary>
    Lost,
}

/// <summary>What became of the runs whose worker was lost.</summary>
public sealed record ReapReport(int Restarted, int Failed, int Cancelled)
{
    public int Total => Restarted + Failed + Cancelled;
}

/// <summary>
/// The queue: the pending runs of the ledger itself. Every server on the database takes from it, a run goes to one worker, and all of
/// a run's state changes in the row that its results become visible with. Time is the database's clock throughout.
/// </summary>
public sealed class RunClaims(LedgerDatabase ledger)
{
    /// <summary>A worker says this often that it lives, and hears whether to stop.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>A worker whose session is gone, too, is lost after this long without a sign.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(6);

    /// <summary>A worker is lost after this long even where its session stands: its machine hangs, or was cut off.</summary>
    public static readonly TimeSpan HungAfter = TimeSpan.FromSeconds(60);

    static readonly string Me = $"{Environment.MachineName}:{Environment.ProcessId}";

    const string Taken = """
        status = 'running', started_at = clock_timestamp(), heartbeat_at = clock_timestamp(), worker = $1, attempts = r.attempts + 1,
        progress_stage = null, progress_fraction = null
        """;

    /// <summary>Takes the oldest run that waits; null where none does.</summary>
    public Task<RunClaim?> NextAsync(CancellationToken cancellation = default) => ClaimAsync($"""
        update public.discovery_runs r set {Taken}
        from (select run_id from public.discovery_runs where status = 'pending' and not_before <= clock_timestamp() order by run_id limit 1 for update skip locked) next
        where r.run_id = next.run_id
        returning r.run_id, r.attempts, r.group_id
        """, null, cancellation);

    /// <summary>Takes this run; null where it is not pending.</summary>
    public Task<RunClaim?> TakeAsync(Guid runId, CancellationToken cancellation = default) => ClaimAsync($"""
        update public.discovery_runs r set {Taken}
        from (select run_id from public.discovery_runs where run_id = $2 and status = 'pending' for update skip locked) next
        where r.run_id = next.run_id
        returning r.run_id, r.attempts, r.group_id
        """, runId, cancellation);

    /// <summary>Says that the worker lives and how far it is, and hears what is wished.</summary>
    internal Task<RunWish> HeartbeatAsync(RunClaim claim, RunProgress? progress, CancellationToken cancellation) => OnConnectionAsync(async connection =>
    {
        // The run's own completion may hold the row for long. Then there is nothing to say, for its session is a sign of life.
        await using (var beat = Command(connection, """
            with mine as (select run_id from public.discovery_runs where run_id = $1 and status = 'running' and attempts = $2 for no key update skip locked)
            update public.discovery_runs r set heartbeat_at = clock_timestamp(), progress_stage = $3, progress_fraction = $4
            from mine where r.run_id = mine.run_id
            returning r.cancel_requested_at is not null
            """, claim.RunId, claim.Attempt, progress?.Stage, progress?.Fraction))
        {
            if (await beat.ExecuteScalarAsync(cancellation) is bool cancel) return cancel ? RunWish.Cancel : RunWish.GoOn;
        }
        await using var look = Command(connection, "select is_complete or (status = 'running' and attempts = $2) from public.discovery_runs where run_id = $1", claim.RunId, claim.Attempt);
        return await look.ExecuteScalarAsync(cancellation) is true ? RunWish.GoOn : RunWish.Lost;
    }, cancellation);

    /// <summary>Ends a claimed run that is not complete; nothing happens where the claim has passed to another.</summary>
    internal Task EndAsync(RunClaim claim, string status, string? error) => ExecuteAsync("""
        update public.discovery_runs set status = $3, error = $4, completed_at = clock_timestamp(), progress_stage = null, progress_fraction = null
        where run_id = $1 and status = 'running' and attempts = $2
        """, CancellationToken.None, claim.RunId, claim.Attempt, status, error);

    /// <summary>Puts a claimed run back among the pending ones: its worker stops in good order.</summary>
    internal Task HandBackAsync(RunClaim claim) => ExecuteAsync("""
        update public.discovery_runs set status = 'pending', started_at = null, not_before = clock_timestamp(), progress_stage = null, progress_fraction = null
        where run_id = $1 and status = 'running' and attempts = $2
        """, CancellationToken.None, claim.RunId, claim.Attempt);

    /// <summary>
    /// Wishes a run cancelled. A pending one is so at once; the worker of a running one, in whichever process, hears it with its next
    /// heartbeat and ends it. A run that is cancelled already stays so.
    /// </summary>
    /// <exception cref="LedgerException">no such run, or it is complete or failed</exception>
    public async Task<DiscoveryRun> CancelAsync(Guid runId, CancellationToken cancellation = default)
    {
        var done = await ExecuteAsync("""
            update public.discovery_runs
            set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
                status = case status when 'pending' then 'cancelled' else status end,
                completed_at = case status when 'pending' then clock_timestamp() else completed_at end
            where run_id = $1 and status in ('pending', 'running')
            """, cancellation, runId);
        var run = await new RunRepository(ledger).GetAsync(runId, cancellation);
        if (done == 1 || run.Status == RunStatus.Cancelled) return run;
        throw LedgerException.Of(ErrorCode.RunEnded, $"run {runId} is {run.Status}, so there is nothing to cancel",
            run.IsComplete ? "It can be deleted." : null).With("run_id", run.RunId).With("status", run.Status);
    }

    /// <summary>Looks after the running runs whose worker is lost: they wait again, or they fail where that has happened too often.</summary>
    public async Task<ReapReport> ReapAsync(CancellationToken cancellation = default)
    {
        var silent = await OnConnectionAsync(async connection =>
        {
            await using var command = Command(connection, """
                select run_id, attempts, coalesce(heartbeat_at, started_at, created_at) < clock_timestamp() - $2
                from public.discovery_runs where status = 'running' and coalesce(heartbeat_at, '-infinity') < clock_timestamp() - $1 limit 1000
                """, LostAfter, HungAfter);
            var found = new List<(RunClaim Claim, bool Hung)>();
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) found.Add((new RunClaim(reader.GetGuid(0), reader.GetInt32(1), null), reader.GetBoolean(2)));
            return found;
        }, cancellation);
        var ends = new List<string?>();
        foreach (var (claim, hung) in silent)
        {
            await using var hold = await AdvisoryLock.TryTakeAsync(ledger, claim.Lock, cancellation);
            if (hold is null && !hung) continue;
            ends.Add(await LoseAsync(claim, LostAfter, "the program that ran it ended before it was done", cancellation));
        }
        return new ReapReport(ends.Count(e => e == RunStatus.Pending), ends.Count(e => e == RunStatus.Failed), ends.Count(e => e == RunStatus.Cancelled));
    }

    /// <summary>What becomes of a run whose attempt came to nothing through no fault of its own; null where the attempt is over anyhow.</summary>
    /// <param name="silence">only where its worker has been silent for so long</param>
    internal Task<string?> LoseAsync(RunClaim claim, TimeSpan silence, string reason, CancellationToken cancellation) => OnConnectionAsync(async connection =>
    {
        await using var command = Command(connection, """
            with lost as (
              select run_id, case when cancel_requested_at is not null then 'cancelled' when restarts < max_restarts then 'pending' else 'failed' end as next
              from public.discovery_runs
              where run_id = $1 and status = 'running' and attempts = $2 and coalesce(heartbeat_at, '-infinity') <= clock_timestamp() - $3
              for no key update skip locked)
            update public.discovery_runs r
            set status = lost.next,
                restarts = r.restarts + (lost.next = 'pending')::int,
                started_at = case lost.next when 'pending' then null else r.started_at end,
                completed_at = case lost.next when 'pending' then null else clock_timestamp() end,
                -- What ends a worker may end the next, too: the others in the queue go first for a moment.
                not_before = case lost.next when 'pending' then clock_timestamp() + r.restarts * interval '5 seconds' else r.not_before end,
                error = case lost.next when 'failed' then $4 || case when r.max_restarts > 0 then format(', %s times in a row', r.restarts + 1) else '' end || '; start it again' end,
                progress_stage = null, progress_fraction = null
            from lost where r.run_id = lost.run_id
            returning r.status
            """, claim.RunId, claim.Attempt, silence, reason);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }, cancellation);

    Task<RunClaim?> ClaimAsync(string sql, Guid? runId, CancellationToken cancellation) => OnConnectionAsync(async connection =>
    {
        await using var command = runId is { } id ? Command(connection, sql, Me, id) : Command(connection, sql, Me);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new RunClaim(reader.GetGuid(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetGuid(2)) : null;
    }, cancellation);

    Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params object?[] values) => OnConnectionAsync(async connection =>
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync(cancellation);
    }, cancellation);

    async Task<T> OnConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            return await work(connection);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object?[] values)
    {
        // A completion in mode incremental may hold a run's row for its turn.
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
        {
            command.Parameters.Add(value switch
            {
                string text => new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Text },
                // Only a stage, a fraction or an error is ever absent.
                null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
                _ => new NpgsqlParameter { Value = value },
            });
        }
        return command;
    }
}
