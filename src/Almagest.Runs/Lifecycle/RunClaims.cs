using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>A worker's hold on a run: whatever it writes of the run counts only as long as the run is in this attempt.</summary>
public sealed record RunClaim(Guid RunId, int Attempt, Guid? GroupId)
{
    /// <summary>Name of the algorithm.</summary>
    public string Algorithm { get; init; } = "";

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
internal enum HeartbeatResponse
{
    Continue,
    Cancel,

    /// <summary>The run is no longer this worker's.</summary>
    Lost,
}

/// <summary>What became of the runs whose worker was lost.</summary>
public sealed record LostRunsReport(int Restarted, int Failed, int Cancelled)
{
    public int Total => Restarted + Failed + Cancelled;

    /// <summary>Tasks of runs that several workers share, which wait again.</summary>
    public int Tasks { get; init; }
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

    private static readonly string s_me = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Takes the oldest waiting run; null where none waits.</summary>
    public Task<RunClaim?> NextAsync(CancellationToken cancellationToken = default) =>
        ClaimAsync(RunLife.TakeNext, null, cancellationToken);

    /// <summary>Takes this run; null where it is not pending.</summary>
    public Task<RunClaim?> TakeAsync(Guid runId, CancellationToken cancellationToken = default) =>
        ClaimAsync(RunLife.TakeOne, runId, cancellationToken);

    /// <summary>Says that the worker lives and how far it is, and hears whether to go on.</summary>
    internal Task<HeartbeatResponse> HeartbeatAsync(RunClaim claim, RunProgress? progress, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using (var beat = Command(connection, RunLife.Beat, claim.RunId, claim.Attempt, progress?.Stage, progress?.Fraction))
                {
                    if (await beat.ExecuteScalarAsync(cancellationToken) is bool cancel)
                        return cancel ? HeartbeatResponse.Cancel : HeartbeatResponse.Continue;
                }
                await using var look = Command(connection, RunLife.IsMine, claim.RunId, claim.Attempt);
                return await look.ExecuteScalarAsync(cancellationToken) is true ? HeartbeatResponse.Continue : HeartbeatResponse.Lost;
            },
            cancellationToken
        );

    /// <summary>Ends a claimed run that is not complete; nothing happens where the claim has passed to another.</summary>
    internal Task EndAsync(RunClaim claim, string status, string? error) =>
        ExecuteAsync(RunLife.EndRun, CancellationToken.None, claim.RunId, claim.Attempt, status, error);

    /// <summary>Puts a claimed run back among the pending ones: its worker stops in good order.</summary>
    internal Task ReleaseAsync(RunClaim claim) => ExecuteAsync(RunLife.ReleaseRun, CancellationToken.None, claim.RunId, claim.Attempt);

    /// <summary>
    /// Requests the cancellation of a run. A pending one is cancelled at once; the worker of a running one, in whichever process, hears it
    /// with its next heartbeat and ends it. A run that is cancelled already stays so.
    /// </summary>
    /// <exception cref="LedgerException">no such run, or it is complete or failed</exception>
    public async Task<DiscoveryRun> CancelAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        var done = await ExecuteAsync(RunLife.CancelRun, cancellationToken, runId);
        if (done == 1)
            await new TaskClaims(ledger).EndAsync(cancellationToken);
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (done == 1 || run.Status == RunStatus.Cancelled)
            return run;
        throw LedgerException
            .Of(
                ErrorCode.RunEnded,
                $"run {runId} is {run.Status}, so there is nothing to cancel",
                run.IsComplete ? "It can be deleted." : null
            )
            .With("run_id", run.RunId)
            .With("status", run.Status);
    }

    /// <summary>Looks after the running runs whose worker is lost: they wait again, or they fail where that has happened too
    /// often.</summary>
    public async Task<LostRunsReport> HandleLostRunsAsync(CancellationToken cancellationToken = default)
    {
        var silent = await ledger.AskAsync(
            async connection =>
            {
                await using var command = Command(connection, RunLife.Silent, LostAfter, HungAfter);
                var found = new List<(RunClaim Claim, bool Hung)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add((new RunClaim(reader.GetGuid(0), reader.GetInt32(1), null), reader.GetBoolean(2)));
                return found;
            },
            cancellationToken
        );
        var ends = new List<string?>();
        foreach (var (claim, hung) in silent)
        {
            await using var hold = await AdvisoryLock.TryTakeAsync(ledger, claim.Lock, cancellationToken);
            if (hold is null && !hung)
                continue;
            ends.Add(await LoseAsync(claim, LostAfter, "the program that ran it ended before it was done", cancellationToken));
        }
        if (ends.Count > 0)
            await ResultFolders.SweepAsync(ledger, cancellationToken);
        return new LostRunsReport(
            ends.Count(e => e == RunStatus.Pending),
            ends.Count(e => e == RunStatus.Failed),
            ends.Count(e => e == RunStatus.Cancelled)
        )
        {
            Tasks = await new TaskClaims(ledger).LookAfterAsync(cancellationToken),
        };
    }

    /// <summary>What becomes of a run whose attempt was lost through no fault of the run; null where the attempt is over
    /// anyhow.</summary>
    /// <param name="silence">only where its worker has been silent for so long</param>
    internal Task<string?> LoseAsync(RunClaim claim, TimeSpan silence, string reason, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = Command(connection, RunLife.LoseRun, claim.RunId, claim.Attempt, silence, reason);
                return (string?)await command.ExecuteScalarAsync(cancellationToken);
            },
            cancellationToken
        );

    private Task<RunClaim?> ClaimAsync(string sql, Guid? runId, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = runId is { } id ? Command(connection, sql, s_me, id) : Command(connection, sql, s_me);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken)
                    ? new RunClaim(reader.GetGuid(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetGuid(2))
                    {
                        Algorithm = reader.GetString(3),
                    }
                    : null;
            },
            cancellationToken
        );

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = Command(connection, sql, values);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object?[] values)
    {
        // A completion in mode incremental may hold a run's row for its turn.
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
        {
            command.Parameters.Add(
                value switch
                {
                    string text => new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Text },
                    // Only a stage, a fraction or an error is ever absent.
                    null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
                    _ => new NpgsqlParameter { Value = value },
                }
            );
        }
        return command;
    }
}
