using System.Buffers.Binary;
using System.Security.Cryptography;
using Almagest.Contract;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>A worker's hold on a task: whatever it stores of it counts only as long as the task is in this attempt.</summary>
public sealed record TaskClaim
{
    /// <summary>The run, in the attempt that all its tasks belong to.</summary>
    public required RunClaim Run { get; init; }

    public required int Number { get; init; }

    public required int Attempt { get; init; }

    /// <summary>What it does, in a word.</summary>
    public string What => Phase.ToString().ToLowerInvariant();

    internal TaskPhase Phase { get; init; }

    internal long FirstStar { get; init; }

    internal long LastStar { get; init; }

    /// <summary>Of the selection between the two.</summary>
    internal int Stars { get; init; }

    internal byte[]? Digest { get; init; }

    /// <summary>How long the run has been worked on when it was taken.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>How long nobody had said how far the run is when it was taken.</summary>
    internal TimeSpan Silence { get; init; }

    // Apart for each attempt: a worker that hangs does not keep its successor out.
    internal long Lock => LockOf(Run.RunId, Number, Attempt);

    internal static long LockOf(Guid runId, int number, int attempt)
    {
        Span<byte> bytes = stackalloc byte[24];
        runId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[16..], number);
        BinaryPrimitives.WriteInt32BigEndian(bytes[20..], attempt);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}

/// <summary>How many of a run's tasks are done.</summary>
public sealed record TaskTally(int Done, int Total, int Workers);

/// <summary>
/// The tasks of runs that several workers share, as a queue beside that of the runs: claims, heartbeats and attempts are the same. Time is
/// the database's clock throughout.
/// </summary>
public sealed class TaskClaims(LedgerDatabase ledger)
{
    /// <summary>So often a task may lose its worker. More than a run may: of many workers some are always lost, and a run has many
    /// tasks.</summary>
    public const int MostLosses = 10;

    /// <summary>Tasks of another version of the program that nobody has been at for so long are given up.</summary>
    public static readonly TimeSpan StrandedAfter = TimeSpan.FromMinutes(10);

    private static readonly string s_me = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Takes the next task that can be begun; null where there is none.</summary>
    /// <param name="runId">of this run alone; null = of the oldest</param>
    public Task<TaskClaim?> NextAsync(Guid? runId = null, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var task = await TakeAsync(connection, runId, cancellationToken);
                if (task is null)
                    return null;
                if (await connection.ExecuteAsync(RunLife.BeginRun, cancellationToken, s_me, task.Run.RunId) == 0)
                    await connection.ExecuteAsync(RunLife.ResumeRun, cancellationToken, task.Run.RunId, RunClaims.HungAfter);
                task = await WithRunAsync(connection, task, cancellationToken);
                // Ended in this moment: the task goes with the run.
                if (task is not null)
                    await transaction.CommitAsync(cancellationToken);
                return task;
            },
            cancellationToken
        );

    /// <summary>How far the tasks of a run are; null where it has none.</summary>
    public Task<TaskTally?> TallyAsync(Guid runId, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select (count(*) filter (where status = 'done'))::int, count(*)::int,
                      (count(distinct worker) filter (where status = 'running'))::int
                    from public.run_tasks where run_id = $1
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = runId } },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                return reader.GetInt32(1) == 0 ? null : new TaskTally(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
            },
            cancellationToken
        );

    /// <summary>Says that the worker of a task lives and how far the run is, and hears whether to go on.</summary>
    internal Task<HeartbeatResponse> HeartbeatAsync(TaskClaim task, RunProgress? own, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                bool? cancelled = null,
                    ended = null;
                await using (var beat = Command(connection, TaskLife.Beat, task))
                await using (var reader = await beat.ExecuteReaderAsync(cancellationToken))
                    if (await reader.ReadAsync(cancellationToken))
                        (cancelled, ended) = (reader.GetBoolean(0), reader.GetBoolean(1));
                if (cancelled is null)
                {
                    await using var look = Command(connection, TaskLife.IsMine, task);
                    return await look.ExecuteScalarAsync(cancellationToken) switch
                    {
                        null => HeartbeatResponse.Lost,
                        true => HeartbeatResponse.Cancel,
                        _ => HeartbeatResponse.Continue,
                    };
                }
                if (cancelled is true)
                    return HeartbeatResponse.Cancel;
                if (ended is true)
                    return HeartbeatResponse.Lost;
                await TellAsync(connection, task, own, cancellationToken);
                return HeartbeatResponse.Continue;
            },
            cancellationToken
        );

    /// <summary>Says how far the run is where nobody has for a while: tasks may be shorter than the time between two signs of
    /// life.</summary>
    internal Task TellAsync(TaskClaim task, CancellationToken cancellationToken) =>
        task.Silence < RunClaims.HeartbeatEvery
            ? Task.CompletedTask
            : ledger.AskAsync(connection => TellAsync(connection, task, null, cancellationToken), cancellationToken);

    /// <summary>Ends the run of a task that is still this worker's: what happens to a worker that has lost it is not the run's
    /// fault.</summary>
    internal Task EndRunAsync(TaskClaim task, string status, string? error) =>
        ledger.AskAsync(
            connection =>
                connection.ExecuteAsync(
                    RunLife.EndRunOfTask,
                    CancellationToken.None,
                    task.Run.RunId,
                    task.Run.Attempt,
                    status,
                    new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    task.Number,
                    task.Attempt
                ),
            CancellationToken.None
        );

    /// <summary>Puts a task back: its worker stops in good order.</summary>
    internal Task ReleaseAsync(TaskClaim task) => ExecuteAsync(TaskLife.Release, task);

    /// <summary>What becomes of a task whose worker was lost; nothing where the attempt is over anyhow.</summary>
    /// <param name="silence">only where its worker has been silent for so long</param>
    /// <returns>whether it waits again, or its run has failed</returns>
    internal async Task<bool> LoseAsync(TaskClaim task, TimeSpan silence, string reason, CancellationToken cancellationToken)
    {
        var losses = await ledger.AskAsync(
            async connection =>
            {
                await using var command = Command(connection, TaskLife.Lose, task);
                command.Parameters.Add(new() { Value = silence });
                return (int?)await command.ExecuteScalarAsync(cancellationToken);
            },
            cancellationToken
        );
        if (losses > MostLosses)
            await new RunClaims(ledger).EndAsync(
                await RunOfAsync(task.Run.RunId, cancellationToken),
                RunStatus.Failed,
                $"a task of it ({task.Number}) lost its worker {losses} times: {reason}; start it again"
            );
        return losses is not null;
    }

    /// <summary>Looks after tasks whose worker is lost, runs with tasks that nobody ends, and what ended runs have left.</summary>
    /// <returns>tasks that wait again</returns>
    internal async Task<int> LookAfterAsync(CancellationToken cancellationToken)
    {
        var lost = 0;
        foreach (var (task, hung) in await SilentAsync(cancellationToken))
        {
            await using var hold = await AdvisoryLock.TryTakeAsync(ledger, task.Lock, cancellationToken);
            if (
                (hold is not null || hung)
                && await LoseAsync(task, RunClaims.LostAfter, "the program that was at it ended before it was done", cancellationToken)
            )
                lost++;
        }
        await EndAsync(cancellationToken);
        await SweepAsync(cancellationToken);
        return lost;
    }

    /// <summary>Takes away what the tasks of runs that have ended have left.</summary>
    internal Task SweepAsync(CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                if (await connection.ScalarAsync(TaskLife.IsLeft, cancellationToken) is true)
                    await connection.ExecuteAsync(TaskLife.Sweep, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Ends the runs with tasks that are to stop, or that nobody can go on with, while nobody is at any of them who would hear
    /// it.</summary>
    internal async Task EndAsync(CancellationToken cancellationToken)
    {
        var (cancelled, stranded) = await ledger.AskAsync(
            async connection =>
            {
                var asked = new List<RunClaim>();
                await using (var command = new NpgsqlCommand(TaskLife.Cancelled, connection))
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                    while (await reader.ReadAsync(cancellationToken))
                        asked.Add(new RunClaim(reader.GetGuid(0), reader.GetInt32(1), null));
                var left = new List<(RunClaim, string)>();
                await using (var command = new NpgsqlCommand(TaskLife.Stranded, connection))
                {
                    command.Parameters.Add(new() { Value = ProgramVersion.Current });
                    command.Parameters.Add(new() { Value = StrandedAfter });
                    await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                    while (await reader.ReadAsync(cancellationToken))
                        left.Add((new RunClaim(reader.GetGuid(0), reader.GetInt32(1), null), reader.GetString(2)));
                }
                return (asked, left);
            },
            cancellationToken
        );
        var claims = new RunClaims(ledger);
        foreach (var run in cancelled)
            await claims.EndAsync(run, RunStatus.Cancelled, null);
        foreach (var (run, version) in stranded)
            await claims.EndAsync(
                run,
                RunStatus.Failed,
                $"its tasks are those of version {version}, of which no worker is there any more; start it again"
            );
    }

    private Task<List<(TaskClaim Task, bool Hung)>> SilentAsync(CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                var found = new List<(TaskClaim, bool)>();
                await using var command = new NpgsqlCommand(TaskLife.Silent, connection)
                {
                    Parameters =
                    {
                        new() { Value = RunClaims.LostAfter },
                        new() { Value = RunClaims.HungAfter },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(
                        (
                            new TaskClaim
                            {
                                Run = new RunClaim(reader.GetGuid(0), 0, null),
                                Number = reader.GetInt32(1),
                                Attempt = reader.GetInt32(2),
                            },
                            reader.GetBoolean(3)
                        )
                    );
                return found;
            },
            cancellationToken
        );

    private Task<RunClaim> RunOfAsync(Guid runId, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection => new RunClaim(
                runId,
                (int?)await connection.ScalarAsync("select attempts from public.discovery_runs where run_id = $1", cancellationToken, runId)
                    ?? 0,
                null
            ),
            cancellationToken
        );

    private static async Task<TaskClaim?> TakeAsync(NpgsqlConnection connection, Guid? runId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TaskLife.TakeNext, connection)
        {
            Parameters =
            {
                new() { Value = s_me },
                new() { Value = ProgramVersion.Current },
                new() { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new TaskClaim
            {
                Run = new RunClaim(reader.GetGuid(0), 0, null),
                Number = reader.GetInt32(1),
                Phase = (TaskPhase)reader.GetInt32(2),
                Attempt = reader.GetInt32(3),
                FirstStar = reader.IsDBNull(4) ? 0 : reader.GetInt64(4),
                LastStar = reader.IsDBNull(5) ? 0 : reader.GetInt64(5),
                Stars = reader.IsDBNull(6) ? 0 : reader.GetInt32(6),
                Digest = reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7),
            }
            : null;
    }

    private static async Task<TaskClaim?> WithRunAsync(NpgsqlConnection connection, TaskClaim task, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TaskLife.RunOf, connection) { Parameters = { new() { Value = task.Run.RunId } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.GetString(0) != RunStatus.Running)
            return null;
        return task with
        {
            Run = task.Run with { Attempt = reader.GetInt32(1), Algorithm = reader.GetString(2) },
            Since = reader.IsDBNull(3) ? TimeSpan.Zero : reader.GetTimeSpan(3),
            Silence = reader.IsDBNull(4) ? TimeSpan.MaxValue : reader.GetTimeSpan(4),
        };
    }

    // Of the preparation what it says itself; of the rest how many tasks of its phase are done.
    private static async Task TellAsync(NpgsqlConnection connection, TaskClaim task, RunProgress? own, CancellationToken cancellationToken)
    {
        var progress = own;
        if (task.Phase != TaskPhase.Prepare)
        {
            await using var count = new NpgsqlCommand(TaskLife.Progress, connection)
            {
                Parameters =
                {
                    new() { Value = task.Run.RunId },
                    new() { Value = (int)task.Phase },
                },
            };
            await using var reader = await count.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var share = reader.GetInt64(3) == 0 ? 0 : (double)reader.GetInt64(2) / reader.GetInt64(3);
            var tasks = $" ({reader.GetInt64(0)} of {reader.GetInt64(1)} tasks done)";
            progress = task.Phase switch
            {
                TaskPhase.Score => new RunProgress($"compute{tasks}", 0.4 + 0.2 * share),
                TaskPhase.Threshold => new RunProgress($"compute{tasks}", 0.6),
                TaskPhase.Draw => new RunProgress($"compute{tasks}", 0.6 + 0.4 * share),
                _ => new RunProgress($"persist{tasks}", 0),
            };
        }
        if (progress is null)
            return;
        await connection.ExecuteAsync(RunLife.TellTasks, cancellationToken, task.Run.RunId, progress.Stage, progress.Fraction);
    }

    private Task ExecuteAsync(string sql, TaskClaim task) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = Command(connection, sql, task);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            },
            CancellationToken.None
        );

    /// <summary>With the first three parameters.</summary>
    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql, TaskClaim task) =>
        new(sql, connection)
        {
            CommandTimeout = 600,
            Parameters =
            {
                new() { Value = task.Run.RunId },
                new() { Value = task.Number },
                new() { Value = task.Attempt },
            },
        };
}
