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
        // What one server is, is found out by using it.
        settings.TargetSessionAttributes = null;
        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
        {
            var one = NpgsqlDataSource.Create(settings);
            return (one, one);
        }
        if (settings.HostRecheckSeconds == new NpgsqlConnectionStringBuilder().HostRecheckSeconds)
            settings.HostRecheckSeconds = KnownFor;
        var all = new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost();
        return (all.WithTargetSession(wanted), all);
    }

    // As libpq writes them (PostgreSQL manual, 34.1.2), and Npgsql.
    private static TargetSessionAttributes Parse(string name) =>
        Enum.TryParse<TargetSessionAttributes>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var wanted)
            ? wanted
            : throw new ArgumentException($"'{name}' is not one of any, primary, standby, prefer-standby, read-write, read-only");
}
