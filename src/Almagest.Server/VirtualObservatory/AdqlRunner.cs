using System.Data;
using System.Globalization;
using Almagest.Adql;
using Almagest.Adql.Schema;
using Almagest.Adql.Sql;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server.VirtualObservatory.Catalogue;
using Npgsql;

namespace Almagest.Server.VirtualObservatory;

/// <summary>
/// Executes ADQL: in a read-only transaction, with a time limit of the database's and one of ours, a few queries at once. Thread-safe.
/// </summary>
/// <param name="ledger">what is read; perhaps a standby</param>
/// <param name="owner">where roles are made, where that is another: the primary</param>
internal sealed class AdqlRunner(LedgerDatabase ledger, LedgerDatabase? owner = null) : IDisposable
{
    // What is made on the primary is on the standby a moment later.
    private const int TriesOfStandby = 20;
    private static readonly TimeSpan s_standbyFollows = TimeSpan.FromMilliseconds(100);

    // A sort or hash takes this much memory, then files, which are bounded where the database lets us.
    private static string Bounds(Version server) =>
        "set local work_mem = '32MB'; set local hash_mem_multiplier = 1; select set_config('temp_file_limit', '8GB', true) where "
        + (
            // Since then an administrator can let others set it.
            server.Major >= 15
                ? "pg_catalog.has_parameter_privilege(current_user, 'temp_file_limit', 'set')"
                : "(select rolsuper from pg_catalog.pg_roles where rolname = current_user)"
        );

    public QueryPlaces Places { get; } = new();

    public LedgerCatalogue Catalogue { get; } = new(ledger);

    /// <summary>Begins a query of somebody who waits for the answer.</summary>
    /// <inheritdoc cref="OpenAsync(IDisposable, string, long, TimeSpan, CancellationToken, PublishedCatalogue?)"/>
    public async Task<AdqlResult> OpenAsync(
        QueryKind kind,
        string adql,
        long mostRows,
        TimeSpan limit,
        CancellationToken cancellationToken,
        PublishedCatalogue? catalogue = null
    ) => await OpenAsync(await Places.TakeAsync(kind, cancellationToken), adql, mostRows, limit, cancellationToken, catalogue);

    /// <summary>Begins a query. Its first rows are there when this returns, so that its errors are known before an answer begins.</summary>
    /// <param name="place">given back when the answer is over, or there is none</param>
    /// <param name="mostRows">rows of the answer; one more is asked for, to know whether there are more</param>
    /// <param name="limit">longest execution, the reading of the answer included</param>
    /// <param name="catalogue">what it may name, where that has just been read</param>
    /// <returns>to be disposed of</returns>
    /// <exception cref="AdqlException">the query is refused</exception>
    /// <exception cref="VoException">it cannot be answered</exception>
    public async Task<AdqlResult> OpenAsync(
        IDisposable place,
        string adql,
        long mostRows,
        TimeSpan limit,
        CancellationToken cancellationToken,
        PublishedCatalogue? catalogue = null
    )
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        var held = true;
        NpgsqlConnection? connection = null;
        try
        {
            // The connection and the snapshot come after the published tables: a dataset deleted in between is an empty table.
            var query = AdqlTranslator.Translate(adql, catalogue ?? await Catalogue.ReadAsync(deadline.Token), mostRows + 1);
            connection = await ledger.ConnectAsync(deadline.Token);
            var (command, reader) = await ExecuteAsync(connection, query, limit, deadline.Token);
            var answer = new AdqlResult(query.Columns, mostRows, limit, connection, command, reader, deadline, place);
            (connection, held) = (null, false);
            try
            {
                await answer.ReadFirstAsync();
                return answer;
            }
            catch
            {
                await answer.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (Explain(e, deadline, limit) is { } explained && !cancellationToken.IsCancellationRequested)
        {
            throw explained;
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
            if (held)
                place.Dispose();
        }
    }

    /// <summary>Begins a query with the tables that came with it.</summary>
    /// <inheritdoc cref="OpenAsync(IDisposable, string, long, TimeSpan, CancellationToken, PublishedCatalogue?)"/>
    public async Task<AdqlResult> OpenAsync(IDisposable place, TapQuery query, TimeSpan limit, CancellationToken cancellationToken)
    {
        PublishedCatalogue? catalogue = null;
        try
        {
            if (query.Uploads.Count > 0)
            {
                catalogue = await Catalogue.ReadAsync(cancellationToken);
                catalogue = catalogue with
                {
                    Tables = [.. catalogue.Tables, .. query.Uploads.Select(u => UploadedTable.Read(u.Name, u.Content, cancellationToken))],
                };
            }
        }
        catch
        {
            place.Dispose();
            throw;
        }
        return await OpenAsync(place, query.Adql, query.MostRows, limit, cancellationToken, catalogue);
    }

    private async Task<(NpgsqlCommand, NpgsqlDataReader)> ExecuteAsync(
        NpgsqlConnection connection,
        SqlQuery query,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var command = await PrepareAsync(connection, query, limit, cancellationToken);
                return (command, await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken));
            }
            catch (PostgresException e)
                when (tries < (owner is null ? 1 : TriesOfStandby)
                    && e.SqlState
                        is PostgresErrorCodes.InsufficientPrivilege
                            or PostgresErrorCodes.UndefinedObject
                            or PostgresErrorCodes.InvalidParameterValue
                )
            {
                // The role is missing (a ledger that was moved), or a view was made anew and with it its rights.
                await using var back = new NpgsqlCommand("rollback", connection);
                await back.ExecuteNonQueryAsync(cancellationToken);
                if (tries == 0)
                    await ReadingRole.EnsureAsync(owner ?? ledger, cancellationToken);
                else
                    await Task.Delay(s_standbyFollows, cancellationToken);
            }
        }
    }

    private static async Task<NpgsqlCommand> PrepareAsync(
        NpgsqlConnection connection,
        SqlQuery query,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        await using (
            var begin = new NpgsqlCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"begin transaction isolation level repeatable read read only; set local statement_timeout = "
                        + $"{(long)limit.TotalMilliseconds}; set local search_path = ''; set local jit = off; "
                        + $"{Bounds(connection.PostgreSqlVersion)}; {ReadingRole.Take}"
                ),
                connection
            )
        )
            await begin.ExecuteNonQueryAsync(cancellationToken);
        var command = new NpgsqlCommand(query.Text, connection) { CommandTimeout = (int)limit.TotalSeconds + 5 };
        foreach (var value in query.Parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>What to tell the client of a failure; null = it is none of the query's.</summary>
    internal static VoException? Explain(Exception error, CancellationTokenSource deadline, TimeSpan limit)
    {
        if (error is OperationCanceledException)
            return deadline.IsCancellationRequested ? TooLong(limit) : null;
        if (error is LedgerException { Kind: LedgerErrorKind.Unavailable } trouble)
            return new VoException(503, trouble.Remedy is { Length: > 0 } remedy ? $"{trouble.Message}. {remedy}" : trouble.Message);
        if (error is TimeoutException or NpgsqlException { InnerException: TimeoutException })
            return TooLong(limit);
        if (error is not PostgresException pg)
            return error is NpgsqlException ? Unavailable(error) : null;
        return pg.SqlState switch
        {
            PostgresErrorCodes.QueryCanceled => TooLong(limit),
            PostgresErrorCodes.GroupingError => VoException.Invalid("a column is neither in GROUP BY nor in an aggregate"),
            PostgresErrorCodes.InvalidColumnReference => VoException.Invalid("a SELECT DISTINCT is ordered by what it selects"),
            PostgresErrorCodes.UndefinedFunction
            or PostgresErrorCodes.DatatypeMismatch
            or PostgresErrorCodes.CannotCoerce
            or PostgresErrorCodes.AmbiguousFunction
            or PostgresErrorCodes.IndeterminateDatatype => VoException.Invalid(
                "types do not fit together somewhere in the query; CAST converts a value"
            ),
            PostgresErrorCodes.CardinalityViolation => VoException.Invalid("a query that stands for a single value has more than one row"),
            PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InternalError when PostgresErrors.IsNotDistributable(pg) =>
                VoException.Invalid(
                    $"{ErrorCode.QueryNotDistributable.Name}: {PostgresErrors.NotDistributable}; join tables by star_id, or ask for each "
                        + "side and join the answers yourself"
                ),
            PostgresErrorCodes.FeatureNotSupported => VoException.Invalid(
                "the database cannot do one part of the query, such as a FULL JOIN by something else than equality"
            ),
            PostgresErrorCodes.ConfigurationLimitExceeded => VoException.Invalid(
                "the query needs more space for what it sorts and joins than a query may take; ask for fewer rows or columns"
            ),
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => new VoException(
                503,
                "the query needs more memory or disk than there is; ask for less"
            ),
            // Values that cannot be computed: division by zero, logarithm of zero, a text that is not a number. The message is about the
            // value alone.
            ['2', '2', ..] => VoException.Invalid($"a value cannot be computed: {pg.MessageText}"),
            ['5', '4', ..] => VoException.Invalid("the query is too complex; write it in parts"),
            _ => Unavailable(pg),
        };
    }

    private static VoException? Unavailable(Exception error) =>
        DatabaseBoundary.Translated(error) is { } trouble ? new VoException(503, trouble.Message) : null;

    internal static VoException TooLong(TimeSpan limit) =>
        VoException.Invalid(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the query took longer than {limit.TotalSeconds:0.###} s and was given up; ask for less, or ask /async with a longer "
                    + $"EXECUTIONDURATION"
            )
        );

    public void Dispose() => Places.Dispose();
}
