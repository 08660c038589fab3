using System.Globalization;
using Almagest.Contract.Errors;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// Connections to one of several servers that hold the same database: a primary, and standbys that follow it by streaming replication.
/// Which of them is what is asked at each new connection, so that a standby that has been promoted is found by itself.
/// </summary>
internal static class DatabaseHosts
{
    /// <summary>Seconds for which it is taken for granted what a server is; Npgsql's own ten would be ten without writes after each
    /// promotion.</summary>
    private const int KnownFor = 1;

    /// <param name="settings">with several hosts, as <c>Host=db1,db2:5433</c></param>
    /// <param name="usual">which of them is wanted where the settings do not say</param>
    /// <returns>the connections, and what is disposed of in the end</returns>
    /// <exception cref="ArgumentException">which of them is wanted cannot be read</exception>
    public static (NpgsqlDataSource Source, IAsyncDisposable Owner) Connect(
        NpgsqlConnectionStringBuilder settings,
        TargetSessionAttributes usual
    )
    {
        var wanted = settings.TargetSessionAttributes is { } name ? Parse(name) : usual;
        var isSaid = settings.TargetSessionAttributes is not null;
        // Npgsql takes it of several servers alone.
        settings.TargetSessionAttributes = null;
        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
        {
            var one = One(settings, isSaid ? wanted : TargetSessionAttributes.Any);
            return (one, one);
        }
        if (settings.HostRecheckSeconds == new NpgsqlConnectionStringBuilder().HostRecheckSeconds)
            settings.HostRecheckSeconds = KnownFor;
        var all = new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost();
        return (all.WithTargetSession(wanted), all);
    }

    /// <summary>One server, of which is found out by using it what it is, unless the settings say what it must be.</summary>
    private static NpgsqlDataSource One(NpgsqlConnectionStringBuilder settings, TargetSessionAttributes wanted)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Of one server there is nothing to prefer.
        if (wanted is not (TargetSessionAttributes.Any or TargetSessionAttributes.PreferPrimary or TargetSessionAttributes.PreferStandby))
            builder.UsePhysicalConnectionInitializer(
                connection =>
                {
                    using var command = Ask(connection);
                    using var answer = command.ExecuteReader();
                    answer.Read();
                    Check(connection, wanted, answer.GetBoolean(0), answer.GetBoolean(1));
                },
                async connection =>
                {
                    await using var command = Ask(connection);
                    await using var answer = await command.ExecuteReaderAsync().ConfigureAwait(false);
                    await answer.ReadAsync().ConfigureAwait(false);
                    Check(connection, wanted, answer.GetBoolean(0), answer.GetBoolean(1));
                }
            );
        return builder.Build();
    }

    private static NpgsqlCommand Ask(NpgsqlConnection connection) =>
        new("select pg_is_in_recovery(), current_setting('transaction_read_only')::boolean", connection);

    private static void Check(NpgsqlConnection connection, TargetSessionAttributes wanted, bool isStandby, bool isReadOnly)
    {
        var (fits, kind) = wanted switch
        {
            TargetSessionAttributes.Primary => (!isStandby, "a primary"),
            TargetSessionAttributes.Standby => (isStandby, "a standby"),
            TargetSessionAttributes.ReadWrite => (!isReadOnly, "one that takes changes"),
            TargetSessionAttributes.ReadOnly => (isReadOnly, "one that is read-only"),
            _ => (true, ""),
        };
        if (fits)
            return;
        var server = string.Create(CultureInfo.InvariantCulture, $"{connection.Host}:{connection.Port}");
        var found =
            isStandby ? "a standby"
            : isReadOnly ? "read-only"
            : "a primary that takes changes";
        throw LedgerException
            .Of(
                ErrorCode.DatabaseOfOtherKind,
                $"the database server {server} is {found}, and {kind} is asked for",
                "Name another server, or several, or leave target_session_attrs out of the connection string."
            )
            .With("server", server)
            .With(
                "found",
                isStandby ? "standby"
                    : isReadOnly ? "read-only"
                    : "primary"
            );
    }

    // As libpq writes them (PostgreSQL manual, 34.1.2), and Npgsql.
    private static TargetSessionAttributes Parse(string name) =>
        Enum.TryParse<TargetSessionAttributes>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var wanted)
            ? wanted
            : throw new ArgumentException($"'{name}' is not one of any, primary, standby, prefer-standby, read-write, read-only");
}
