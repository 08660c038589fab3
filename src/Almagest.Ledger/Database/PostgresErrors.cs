using Almagest.Contract.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>What PostgreSQL's errors are in the ledger's words, matched by named SQLSTATE and never by text. <see cref="DatabaseBoundary"/>
/// asks.</summary>
public static class PostgresErrors
{
    /// <summary>
    /// The database's error in an exception, which EF Core wraps in its own, a lost connection even twice; null where there is none. A
    /// cancelled query carries the database's "query cancelled" inside: that is what the caller asked for, not a failure. What is the
    /// ledger's already stays as it is.
    /// </summary>
    public static NpgsqlException? Find(Exception error)
    {
        for (var inner = error; inner is not null and not OperationCanceledException and not LedgerException; inner = inner.InnerException)
            if (inner is NpgsqlException found)
                return found;
        return null;
    }

    /// <summary>
    /// Whether an exception says no more than that a context's transaction is over, because its connection was lost below it: EF Core
    /// learns of that only by its next statement.
    /// </summary>
    internal static bool IsLost(Exception error, DbContext context) =>
        error is InvalidOperationException
        && (context ?? throw new ArgumentNullException(nameof(context))).Database.GetDbConnection().State
            is not System.Data.ConnectionState.Open;

    /// <summary>What is said where the database is away.</summary>
    internal static LedgerException Unanswered(Exception? inner) =>
        LedgerException.Of(
            ErrorCode.DatabaseAway,
            "the database does not answer",
            "Check that PostgreSQL runs, or try again in a moment.",
            inner: inner
        );

    // Where Citus says that a question cannot be divided; PostgreSQL has no sources of these names.
    private static readonly string[] s_dividing =
    [
        "multi_join_order.c",
        "multi_logical_planner.c",
        "multi_physical_planner.c",
        "multi_router_planner.c",
        "multi_server_executor.c",
        "query_pushdown_planning.c",
        "recursive_planning.c",
        "local_distributed_join_planner.c",
        "insert_select_planner.c",
        "deferred_errors.c",
        "errormessage.c",
        "distributed_planner.c",
    ];

    /// <summary>
    /// Whether it is said of a question that it cannot be divided among the machines of a distributed ledger. The name is that of a source
    /// of Citus, the same in every language.
    /// </summary>
    public static bool IsNotDistributable(PostgresException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InternalError
            && s_dividing.Contains(Path.GetFileName(error.File));
    }

    /// <summary>What is said of such a question.</summary>
    public const string NotDistributable =
        "the ledger is distributed by star, and the question brings together what lies on different machines";

    private static LedgerException DiskFull(PostgresException inner) =>
        LedgerException.Of(
            ErrorCode.DatabaseDiskFull,
            "the database's disk is full",
            "Free some space and try again; nothing was stored.",
            inner: inner
        );

    internal static LedgerException Translate(NpgsqlException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error is not PostgresException pg)
            return Unanswered(error);
        return pg.SqlState switch
        {
            PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InternalError when IsNotDistributable(pg) => LedgerException.Of(
                ErrorCode.QueryNotDistributable,
                NotDistributable,
                "Join by star_id, or ask for each side by itself.",
                inner: pg
            ),
            // The server that was asked answers; the one that it asked does not.
            PostgresErrorCodes.ConnectionFailure or PostgresErrorCodes.SqlClientUnableToEstablishSqlConnection => LedgerException.Of(
                ErrorCode.DatabaseNodeAway,
                "a node of the database does not answer",
                "Start it again, or try again in a moment.",
                inner: pg
            ),
            PostgresErrorCodes.UniqueViolation => LedgerException
                .Of(ErrorCode.AlreadyExists, $"it exists already ({pg.TableName}, {pg.ConstraintName})", inner: pg)
                .With("table", pg.TableName)
                .With("constraint", pg.ConstraintName),
            PostgresErrorCodes.ForeignKeyViolation => LedgerException
                .Of(ErrorCode.BrokenReference, $"it refers to something that is not in the ledger ({pg.ConstraintName})", inner: pg)
                .With("constraint", pg.ConstraintName),
            PostgresErrorCodes.CheckViolation => LedgerException
                .Of(ErrorCode.InvalidValue, $"a value is outside what the ledger allows ({pg.ConstraintName})", inner: pg)
                .With("constraint", pg.ConstraintName),
            PostgresErrorCodes.ObjectNotInPrerequisiteState => LedgerException.Of(
                ErrorCode.RefusedByLedger,
                pg.MessageText,
                pg.Hint,
                inner: pg
            ),
            PostgresErrorCodes.DiskFull => DiskFull(pg),
            // A new session writes what it has read of the catalogue, and where it cannot it says no more than that; the name is that of a
            // function of PostgreSQL, the same in every language.
            PostgresErrorCodes.InternalError when pg.Routine == "write_item" => DiskFull(pg),
            // Citus says of rows that are copied no more than that a machine refused them; the name is that of a function of it.
            PostgresErrorCodes.InternalError when pg.Routine == "ReportCopyError" => LedgerException.Of(
                ErrorCode.DatabaseFailed,
                "a machine of the distributed ledger refused rows that were copied to it",
                "The coordinator's log says why: its disk is full, or it has such rows already.",
                inner: pg
            ),
            PostgresErrorCodes.TooManyConnections => LedgerException.Of(
                ErrorCode.DatabaseBusy,
                "the database takes no more connections",
                "Try again in a moment; if it stays, raise its max_connections, or let fewer programs use it at once.",
                inner: pg
            ),
            PostgresErrorCodes.ReadOnlySqlTransaction => LedgerException.Of(
                ErrorCode.DatabaseReadOnly,
                "the database is read-only",
                "Use the primary server, not a replica.",
                inner: pg
            ),
            // On a standby, what the primary has changed meanwhile is waited for no longer; the name is that of a function of PostgreSQL.
            PostgresErrorCodes.SerializationFailure when pg.Routine?.StartsWith("Process", StringComparison.Ordinal) == true =>
                LedgerException.Of(
                    ErrorCode.DatabaseBusy,
                    "the standby ended the query to follow its primary",
                    "Try again; on the standby, hot_standby_feedback = on or a larger max_standby_streaming_delay lets long queries end.",
                    inner: pg
                ),
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => LedgerException.Of(
                ErrorCode.DatabaseBusy,
                "others changed the same at the same time",
                "Try again.",
                inner: pg
            ),
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => LedgerException.Of(
                ErrorCode.DatabaseSlow,
                "the database took too long",
                "Try again in a moment.",
                inner: pg
            ),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => LedgerException.Of(
                ErrorCode.DatabaseLoginRefused,
                "the database refused the login",
                "Check user and password of the connection string.",
                inner: pg
            ),
            PostgresErrorCodes.InvalidCatalogName => LedgerException.Of(
                ErrorCode.DatabaseMissing,
                "the database does not exist",
                "Create it (createdb NAME), or check its name in the connection string.",
                inner: pg
            ),
            PostgresErrorCodes.InsufficientPrivilege => LedgerException.Of(
                ErrorCode.DatabaseForbidden,
                "the database user may not do this",
                "Let the owner of the database grant it, or use the owner.",
                inner: pg
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => LedgerException.Of(
                ErrorCode.SchemaMismatch,
                "the database's schema is not this program's",
                "Migrate it.",
                inner: pg
            ),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
                LedgerException.Of(ErrorCode.DatabaseStarting, "the database is starting or stopping", "Try again in a moment.", inner: pg),
            _ => LedgerException
                .Of(
                    ErrorCode.DatabaseFailed,
                    $"the database reported an error (SQLSTATE {pg.SqlState})",
                    "The server's log has the details.",
                    inner: pg
                )
                .With("sqlstate", pg.SqlState),
        };
    }
}
