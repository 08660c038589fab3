using Almagest.Cli.Configuration;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Cli.Serving;

/// <summary>The standby of the ledger's database that <c>serve --read-database</c> names.</summary>
internal static class ReadDatabase
{
    // A standby has the number that its primary got when it was made, and no other database has.
    private const string Identity = "select system_identifier::text || ' ' || current_database() from pg_control_system()";

    /// <returns>null where none is named; the caller disposes of it</returns>
    /// <exception cref="UsageException">it is another database than the ledger's</exception>
    public static async Task<LedgerDatabase?> OpenAsync(string? named, LedgerDatabase ledger, CommandShell shell)
    {
        if (string.IsNullOrWhiteSpace(named))
            return null;
        var reading = Read(named);
        try
        {
            if (await IdentityAsync(reading, shell.CancellationToken) != await IdentityAsync(ledger, shell.CancellationToken))
                throw new UsageException(
                    "the database to read from is not a standby of the ledger's database",
                    "Name a server that follows it by streaming replication, with the same database.",
                    SettingCatalogue.ReadDatabase
                );
            return reading;
        }
        catch (LedgerException e)
        {
            // It may come back before it is needed; what is changed does not need it.
            shell.WriteError("warning:", $"the database of {SettingCatalogue.ReadDatabase}: {e.Message}", "1;33");
            return reading;
        }
        catch
        {
            await reading.DisposeAsync();
            throw;
        }
    }

    private static LedgerDatabase Read(string named)
    {
        try
        {
            return LedgerDatabase.ForReading(ConnectionText.ToNpgsql(named));
        }
        catch (UsageException e)
        {
            throw new UsageException($"{SettingCatalogue.ReadDatabase}: {e.Message}", e.Hint, SettingCatalogue.ReadDatabase);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.UnreadableConnection)
        {
            throw new UsageException(
                $"{SettingCatalogue.ReadDatabase}: {e.Message}",
                "Write it like postgresql://almagest@db2/ledger, or 'Host=db2;Database=ledger;Username=almagest'.",
                SettingCatalogue.ReadDatabase
            );
        }
    }

    private static Task<string?> IdentityAsync(LedgerDatabase database, CancellationToken cancellationToken) =>
        database.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(Identity, connection);
                return await command.ExecuteScalarAsync(cancellationToken) as string;
            },
            cancellationToken
        );
}
