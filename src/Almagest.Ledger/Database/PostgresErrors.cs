using Almagest.Contract.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>The one boundary at which PostgreSQL's errors become the ledger's, matched by named SQLSTATE and never by text.</summary>
public static class PostgresErrors
{
    /// <summary>
    /// The database's error in an exception, which EF Core wraps in its own, a lost connection even twice; null where there is none. A cancelled
    /// query carries the database's "query cancelled" inside: that is the caller's wish, no trouble. What is the ledger's already stays as it is.
    /// </summary>
    public static NpgsqlException? Find(Exception error)
    {
        for (Exception? inner = error; inner is not null and not OperationCanceledException and not LedgerException; inner = inner.InnerException)
            if (inner is NpgsqlException found) return found;
        return null;
    }

    /// <summary>
    /// Whether an exception says no more than that a context's transaction is over, because its connection was lost below it: EF Core learns of that
    /// only by its next statement.
    /// </summary>
    public static bool IsLost(Exception error, DbContext context) =>
        error is InvalidOperationException && (context ?? throw new ArgumentNullException(nameof(context))).Database.GetDbConnection().State is not System.Data.ConnectionState.Open;

    /// <summary>What is said where the database is away.</summary>
    public static LedgerException Unanswered(Exception? inner) => new(LedgerErrorKind.Unavailable, "the database does not answer",
        "Check that PostgreSQL runs and that --database or ALMAGEST_DATABASE names it; without either, Almagest starts its own.", inner) { ApiHint = "Try again in a moment; /health/ready says when it answers." };

    public static LedgerException Translate(NpgsqlException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error is not PostgresException pg) return Unanswered(error);
        return pg.SqlState switch
        {
            PostgresErrorCodes.UniqueViolation =>
                new LedgerException(LedgerErrorKind.Conflict, $"it exists already ({pg.TableName}, {pg.ConstraintName})", null, pg),
            PostgresErrorCodes.ForeignKeyViolation =>
                new LedgerException(LedgerErrorKind.Conflict, $"it refers to something that is not in the ledger ({pg.ConstraintName})", null, pg),
            PostgresErrorCodes.CheckViolation =>
                new LedgerException(LedgerErrorKind.Invalid, $"a value is outside what the ledger allows ({pg.ConstraintName})", null, pg),
            PostgresErrorCodes.ObjectNotInPrerequisiteState =>
                new LedgerException(LedgerErrorKind.Conflict, pg.MessageText, pg.Hint, pg),
            PostgresErrorCodes.DiskFull =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database's disk is full", "Free some space and try again; nothing was stored.", pg),
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database is read-only", "Use the primary server, not a replica.", pg),
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database took too long", "Try again in a moment.", pg),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database refused the login", "Check user and password of the connection string.", pg),
            PostgresErrorCodes.InvalidCatalogName =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database does not exist", "Create it (createdb NAME), or check its name in the connection string.", pg),
            PostgresErrorCodes.InsufficientPrivilege =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database user may not do this", "Let the owner of the database grant it, or use the owner.", pg),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database's schema is not this program's", "Run: almagest db migrate", pg),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
                new LedgerException(LedgerErrorKind.Unavailable, "the database is starting or stopping", "Try again in a moment.", pg),
            _ => new LedgerException(LedgerErrorKind.Unavailable, $"the database reported an error (SQLSTATE {pg.SqlState})",
                "The server's log has the details.", pg),
        };
    }
}
