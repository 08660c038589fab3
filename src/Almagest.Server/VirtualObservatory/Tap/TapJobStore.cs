using System.Text.Json;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>
/// The jobs in the ledger. A statement changes a job only where it still is what the caller takes it for, so that servers need not agree
/// beforehand. Thread-safe.
/// </summary>
internal sealed class TapJobStore(LedgerDatabase ledger)
{
    /// <summary>A server that was not heard of for so long works on a job no more.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    /// <summary>How often a job is begun whose server, or database, ends before it does.</summary>
    public const int MostAttempts = 3;

    private const int ChunkBytes = 1 << 20;

    private const string Columns =
        "job_id, owner, created_at, phase, started_at, ended_at, destruction, execution_seconds, parameters::text, upload_bytes, "
        + "error_status, error_message, result_type, result_bytes, is_cut_off";

    private const string Ended = "phase in ('COMPLETED', 'ERROR', 'ABORTED')";

    /// <summary>A job of somebody's; null where there is none, or its time has come.</summary>
    public async Task<TapJob?> FindAsync(string id, string owner, CancellationToken cancellationToken) =>
        (
            await ListAsync(
                $"select {Columns} from public.tap_jobs where job_id = $1 and owner = $2 and destruction > clock_timestamp()",
                cancellationToken,
                id,
                owner
            )
        ).FirstOrDefault();

    /// <summary>All of somebody's, newest first.</summary>
    public Task<List<TapJob>> OfAsync(string owner, CancellationToken cancellationToken) =>
        ListAsync(
            $"select {Columns} from public.tap_jobs where owner = $1 and destruction > clock_timestamp() order by created_at desc, job_id",
            cancellationToken,
            owner
        );

    /// <summary>How much jobs hold: all that there are, and somebody's.</summary>
    public Task<TapJobTotals> TotalsAsync(string owner, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
                (
                    await connection.RowsAsync(
                        """
                        select count(*), count(*) filter (where owner = $1), coalesce(sum(upload_bytes), 0)::bigint,
                          coalesce(sum(result_bytes), 0)::bigint, coalesce(sum(result_bytes) filter (where owner = $1), 0)::bigint
                        from public.tap_jobs
                        """,
                        r => new TapJobTotals(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)),
                        cancellationToken,
                        owner
                    )
                )[0],
            cancellationToken
        );

    public Task AddAsync(string id, string owner, VoParameters parameters, CancellationToken cancellationToken) =>
        InTransactionAsync(
            async connection =>
            {
                await connection.ExecuteAsync(
                    "insert into public.tap_jobs (job_id, owner, phase, destruction, execution_seconds, parameters, upload_bytes) "
                        + "values ($1, $2, 'PENDING', clock_timestamp() + $3, $4, $5, $6)",
                    cancellationToken,
                    id,
                    owner,
                    TapLimits.StandardRetention,
                    (int)TapLimits.StandardExecution.TotalSeconds,
                    Written(parameters),
                    parameters.ContentBytes
                );
                await SaveUploadsAsync(connection, id, parameters, cancellationToken);
                return true;
            },
            cancellationToken
        );

    /// <summary>Replaces what a job that has not begun is asked, and adds tables to it.</summary>
    /// <returns>false where it has begun</returns>
    public Task<bool> AskAsync(
        string id,
        VoParameters parameters,
        VoParameters tables,
        long uploadBytes,
        CancellationToken cancellationToken
    ) =>
        InTransactionAsync(
            async connection =>
            {
                var changed = await connection.ExecuteAsync(
                    "update public.tap_jobs set parameters = $2, upload_bytes = $3 where job_id = $1 and phase = 'PENDING'",
                    cancellationToken,
                    id,
                    Written(parameters),
                    uploadBytes
                );
                if (changed == 0)
                    return false;
                await SaveUploadsAsync(connection, id, tables, cancellationToken);
                return true;
            },
            cancellationToken
        );

    public Task SetDestructionAsync(string id, DateTime time, CancellationToken cancellationToken) =>
        ExecuteAsync("update public.tap_jobs set destruction = $2 where job_id = $1", cancellationToken, id, time);

    public Task SetExecutionAsync(string id, TimeSpan most, CancellationToken cancellationToken) =>
        ExecuteAsync("update public.tap_jobs set execution_seconds = $2 where job_id = $1", cancellationToken, id, (int)most.TotalSeconds);

    /// <summary>Puts a job that waits for that into the queue of a server.</summary>
    public async Task<bool> QueueAsync(string id, Guid worker, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            "update public.tap_jobs set phase = 'QUEUED', worker = $2, heartbeat_at = clock_timestamp(), attempts = 1 "
                + "where job_id = $1 and phase = 'PENDING'",
            cancellationToken,
            id,
            worker
        ) > 0;

    /// <summary>Its turn has come: its time runs from now.</summary>
    public async Task<bool> BeginAsync(string id, Guid worker, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            "update public.tap_jobs set phase = 'EXECUTING', started_at = clock_timestamp() "
                + "where job_id = $1 and worker = $2 and phase = 'QUEUED'",
            cancellationToken,
            id,
            worker
        ) > 0;

    /// <summary>Stops a job that has not ended, whichever server works on it.</summary>
    public async Task AbortAsync(string id, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            $"update public.tap_jobs set phase = 'ABORTED', ended_at = clock_timestamp() where job_id = $1 and not {Ended}",
            cancellationToken,
            id
        );
        await DropUploadsAsync(id, cancellationToken);
    }

    /// <summary>Says that a job of this server has failed.</summary>
    public async Task FailAsync(string id, Guid worker, VoException error, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            "update public.tap_jobs set phase = 'ERROR', ended_at = clock_timestamp(), error_status = $3, error_message = $4 "
                + $"where job_id = $1 and worker = $2 and not {Ended}",
            cancellationToken,
            id,
            worker,
            error.Status,
            error.Message.Replace('\0', '?')
        );
        await DropUploadsAsync(id, cancellationToken);
    }

    /// <summary>Stores a result and completes its job, both or neither.</summary>
    /// <param name="result">from its beginning</param>
    /// <returns>false where the job is not this server's any more</returns>
    public Task<bool> CompleteAsync(
        string id,
        Guid worker,
        Stream result,
        string type,
        bool isCutOff,
        CancellationToken cancellationToken
    ) =>
        InTransactionAsync(
            async connection =>
            {
                var changed = await connection.ExecuteAsync(
                    "update public.tap_jobs set phase = 'COMPLETED', ended_at = clock_timestamp(), result_type = $3, "
                        + "result_bytes = $4, is_cut_off = $5, upload_bytes = 0 "
                        + "where job_id = $1 and worker = $2 and phase = 'EXECUTING'",
                    cancellationToken,
                    id,
                    worker,
                    type,
                    result.Length,
                    isCutOff
                );
                if (changed == 0)
                    return false;
                await connection.ExecuteAsync("delete from public.tap_job_uploads where job_id = $1", cancellationToken, id);
                var buffer = new byte[ChunkBytes];
                int read;
                for (var place = 0; (read = await result.ReadAtLeastAsync(buffer, ChunkBytes, false, cancellationToken)) > 0; place++)
                    await connection.ExecuteAsync(
                        "insert into public.tap_job_chunks values ($1, $2, $3)",
                        cancellationToken,
                        id,
                        place,
                        new ArraySegment<byte>(buffer, 0, read)
                    );
                return true;
            },
            cancellationToken
        );

    /// <summary>Writes a result to its reader, a piece at a time.</summary>
    public Task CopyResultAsync(string id, Stream to, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select content from public.tap_job_chunks where job_id = $1 order by place",
                    connection
                );
                command.Parameters.Add(new NpgsqlParameter { Value = id });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    await to.WriteAsync(reader.GetFieldValue<byte[]>(0), cancellationToken);
            },
            cancellationToken
        );

    /// <summary>The tables that came with a job, by their parts' names.</summary>
    public Task<Dictionary<string, byte[]>> UploadsAsync(string id, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
                (
                    await connection.RowsAsync(
                        "select part, content from public.tap_job_uploads where job_id = $1",
                        r => (Part: r.GetString(0), Content: r.GetFieldValue<byte[]>(1)),
                        cancellationToken,
                        id
                    )
                ).ToDictionary(u => u.Part, u => u.Content),
            cancellationToken
        );

    public Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        ExecuteAsync("delete from public.tap_jobs where job_id = $1", cancellationToken, id);

    /// <summary>Deletes the oldest job that has ended: of somebody's, or of all where nobody is named.</summary>
    public async Task<bool> DeleteOldestAsync(string? owner, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            $"""
            delete from public.tap_jobs where job_id = (
              select job_id from public.tap_jobs where {Ended} and ($1 is null or owner = $1) order by created_at limit 1)
            """,
            cancellationToken,
            new NpgsqlParameter { Value = (object?)owner ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        ) > 0;

    /// <summary>Deletes what has come to its time.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) =>
        ExecuteAsync("delete from public.tap_jobs where destruction <= clock_timestamp()", cancellationToken);

    /// <summary>Says that a server works on its jobs.</summary>
    /// <returns>those that are still its own</returns>
    public Task<List<string>> BeatAsync(Guid worker, IReadOnlyCollection<string> jobs, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                var found = new List<string>();
                // With a command's own limit of time: who waits for long works on jobs of which others think that nobody does.
                await using var command = new NpgsqlCommand(
                    "update public.tap_jobs set heartbeat_at = clock_timestamp() where job_id = any ($2) and worker = $1 "
                        + "and phase in ('QUEUED', 'EXECUTING') returning job_id",
                    connection
                );
                command.Parameters.Add(new NpgsqlParameter { Value = worker });
                command.Parameters.Add(new NpgsqlParameter { Value = jobs.ToArray() });
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(reader.GetString(0));
                return found;
            },
            cancellationToken
        );

    /// <summary>Gives the jobs of a server that stops to whoever comes.</summary>
    public Task GiveBackAsync(Guid worker, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "update public.tap_jobs set phase = 'QUEUED', started_at = null, worker = null, heartbeat_at = null, attempts = attempts - 1 "
                + "where worker = $1 and phase in ('QUEUED', 'EXECUTING')",
            cancellationToken,
            worker
        );

    /// <summary>Takes over jobs that no server works on any more; those that have outlived too many are given up.</summary>
    public async Task<List<TapJob>> AdoptAsync(Guid worker, int most, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            $"""
            update public.tap_jobs set phase = 'ERROR', ended_at = clock_timestamp(), error_status = 500,
              error_message = 'it was begun {MostAttempts} times, and each time its server or the database ended before it did'
            where phase in ('QUEUED', 'EXECUTING') and attempts >= {MostAttempts} and heartbeat_at < clock_timestamp() - $1
            """,
            cancellationToken,
            LostAfter
        );
        return await ListAsync(
            $"""
            update public.tap_jobs set phase = 'QUEUED', started_at = null, worker = $1, heartbeat_at = clock_timestamp(),
              attempts = attempts + 1
            where job_id in (
              select job_id from public.tap_jobs
              where phase in ('QUEUED', 'EXECUTING') and (worker is null or heartbeat_at < clock_timestamp() - $2)
              order by created_at limit $3 for update skip locked)
            returning {Columns}
            """,
            cancellationToken,
            worker,
            LostAfter,
            most
        );
    }

    private Task<int> DropUploadsAsync(string id, CancellationToken cancellationToken) =>
        ExecuteAsync(
            """
            with gone as (delete from public.tap_job_uploads where job_id = $1)
            update public.tap_jobs set upload_bytes = 0 where job_id = $1 and upload_bytes > 0
            """,
            cancellationToken,
            id
        );

    private static async Task SaveUploadsAsync(
        NpgsqlConnection connection,
        string id,
        VoParameters parameters,
        CancellationToken cancellationToken
    )
    {
        foreach (var (part, content) in parameters.Contents)
            await connection.ExecuteAsync(
                "insert into public.tap_job_uploads values ($1, $2, $3) "
                    + "on conflict (job_id, part) do update set content = excluded.content",
                cancellationToken,
                id,
                part,
                content
            );
    }

    private static NpgsqlParameter Written(VoParameters parameters) =>
        new()
        {
            Value = JsonSerializer.Serialize(parameters.Pairs.Select(p => new[] { p.Key, p.Value.Replace('\0', '?') })),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        };

    private Task<List<TapJob>> ListAsync(string sql, CancellationToken cancellationToken, params object[] parameters) =>
        ledger.AskAsync(connection => connection.RowsAsync(sql, Read, cancellationToken, parameters), cancellationToken);

    private static TapJob Read(NpgsqlDataReader reader)
    {
        var parameters = new VoParameters();
        foreach (var pair in JsonSerializer.Deserialize<string[][]>(reader.GetString(8))!)
            parameters.Append(pair[0], pair[1]);
        return new TapJob(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetDateTime(2),
            Enum.Parse<JobPhase>(reader.GetString(3)),
            reader.IsDBNull(4) ? null : reader.GetDateTime(4),
            reader.IsDBNull(5) ? null : reader.GetDateTime(5),
            reader.GetDateTime(6),
            TimeSpan.FromSeconds(reader.GetInt32(7)),
            parameters,
            reader.GetInt64(9),
            reader.IsDBNull(11) ? null : new VoException(reader.GetInt32(10), reader.GetString(11)),
            reader.IsDBNull(12) ? null : reader.GetString(12),
            reader.GetInt64(13),
            reader.GetBoolean(14)
        );
    }

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters) =>
        ledger.AskAsync(connection => connection.ExecuteAsync(sql, cancellationToken, parameters), cancellationToken);

    private Task<bool> InTransactionAsync(Func<NpgsqlConnection, Task<bool>> work, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                if (!await work(connection))
                    return false;
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken
        );
}

/// <summary>How much jobs hold: number, bytes of tables that came with them, bytes of results; <c>Own</c> = of one owner.</summary>
internal sealed record TapJobTotals(long Jobs, long OwnJobs, long UploadBytes, long ResultBytes, long OwnResultBytes);
