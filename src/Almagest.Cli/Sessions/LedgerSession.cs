using System.CommandLine;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Postgres;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Cli.Sessions;

/// <summary>What a command asks of the schema before it works.</summary>
internal enum SchemaPolicy
{
    /// <summary>It must be this program's. Migrated without asking where nobody else can mind: in the embedded server and in empty
    /// databases.</summary>
    Current,

    /// <summary>It is made this program's.</summary>
    Migrate,

    /// <summary>The command looks after it.</summary>
    AsItIs,
}

/// <summary>
/// The ledger that one command works on: the database of <c>--database</c> or <c>ALMAGEST_DATABASE</c>, else the embedded server,
/// which runs at least as long as the session. The one place where it is decided when a schema is migrated.
/// </summary>
internal sealed class LedgerSession : IAsyncDisposable
{
    private readonly ServerLease? _lease;

    private LedgerSession(LedgerDatabase ledger, ServerLease? lease)
    {
        Ledger = ledger;
        _lease = lease;
    }

    public LedgerDatabase Ledger { get; }

    /// <summary>The embedded server, where that is used.</summary>
    public ServerLease? Lease => _lease;

    /// <param name="isService">the command goes on until it is told to stop</param>
    public static async Task<LedgerSession> OpenAsync(
        CommandShell shell,
        ParseResult parsed,
        GlobalOptions global,
        SchemaPolicy policy = SchemaPolicy.Current,
        bool isService = false
    )
    {
        // From the command line, where settings are written, too.
        var named = parsed.GetValue(global.Database);
        var settings = shell.Get<ProgramSettings>();
        ServerLease? lease = null;
        LedgerDatabase? ledger = null;
        try
        {
            string connection;
            if (string.IsNullOrWhiteSpace(named))
            {
                lease = await EmbeddedServer.StartAsync(settings.Embedded(shell.Say, isService), shell.CancellationToken);
                connection = lease.ConnectionString;
            }
            else
            {
                connection = ConnectionText.ToNpgsql(named);
            }
            ledger = new LedgerDatabase(connection) { ReservedBytes = settings.ReservedBytes, ResultsFolder = settings.ResultsFolder };
            await ApplyAsync(policy, ledger, lease is not null, shell);
            // A run whose program was killed would stay 'running' for ever where no server looks after it: whoever comes next does.
            if (policy != SchemaPolicy.AsItIs && await HandleLostRunsAsync(ledger, shell) is { Total: > 0 } lost)
                shell.Say(Lost(lost));
            return new LedgerSession(ledger, lease);
        }
        catch
        {
            if (ledger is not null)
                await ledger.DisposeAsync();
            if (lease is not null)
                await lease.DisposeAsync();
            throw;
        }
    }

    private static async Task<LostRunsReport?> HandleLostRunsAsync(LedgerDatabase ledger, CommandShell shell)
    {
        try
        {
            return await new DiscoveryService(ledger).HandleLostRunsAsync(shell.CancellationToken);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DatabaseReadOnly)
        {
            // A standby, whose primary looks after them; to read it is what the command may be about.
            return null;
        }
    }

    private static string Lost(LostRunsReport lost)
    {
        var parts = new[] { (lost.Failed, "failed"), (lost.Restarted, "waiting for a worker again"), (lost.Cancelled, "cancelled") }
            .Where(p => p.Item1 > 0)
            .ToList();
        return $"{ConsoleText.Plural(lost.Total, "run", "runs")} had lost the program that worked on "
            + $"{(lost.Total == 1 ? "it" : "them")}: now "
            + (parts.Count == 1 ? parts[0].Item2 : string.Join(", ", parts.Select(p => $"{p.Item1} {p.Item2}")))
            + ".";
    }

    private static async Task ApplyAsync(SchemaPolicy policy, LedgerDatabase ledger, bool embedded, CommandShell shell)
    {
        var empty = await IsEmptyAsync(ledger, shell.CancellationToken);
        if (policy == SchemaPolicy.AsItIs)
            return;
        var standing = await ledger.Schema.StandingAsync(shell.CancellationToken);
        var why =
            !empty && !embedded && policy != SchemaPolicy.Migrate ? null
            : standing.Pending > 0
                ? empty ? "The database is empty: creating the ledger's tables and views…"
                    : $"Updating the database's schema ({ConsoleText.Plural(standing.Pending, "migration", "migrations")})…"
            : standing.Stale.Count > 0 ? "The views are those of another version of this program: computing them anew…"
            : null;
        if (why is not null)
        {
            shell.Say(why);
            await ledger.Schema.MigrateAsync(shell.CancellationToken);
            standing = await ledger.Schema.StandingAsync(shell.CancellationToken);
        }
        if (standing.Trouble is { } trouble)
            throw trouble;
    }

    // Also the first connection: trouble with it is reported before anything else is tried.
    private static async Task<bool> IsEmptyAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select not exists (select 1 from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm'))",
            connection
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        if (_lease is not null)
            await _lease.DisposeAsync();
    }
}
