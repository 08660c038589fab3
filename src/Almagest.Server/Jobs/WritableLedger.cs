using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Almagest.Server.Jobs;

/// <summary>
/// Whether the ledger's database takes changes. A standby does not: a server on it answers, and its jobs wait until it is promoted, which
/// is looked at every second. Thread-safe.
/// </summary>
internal sealed class WritableLedger(LedgerDatabase ledger, ILogger<WritableLedger> logger)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(1);

    private int _hasSaid;

    /// <summary>Waits until the database is no standby. One that does not answer is not waited for: who needs it says so.</summary>
    /// <returns>whether there was something to wait for</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (!await IsStandbyAsync(cancellationToken))
            return false;
        if (Interlocked.Exchange(ref _hasSaid, 1) == 0)
            logger.LogWarning("The database is a standby of another: this server answers, and changes nothing until it is promoted");
        do
        {
            await Task.Delay(s_lookAgain, cancellationToken);
        } while (await IsStandbyAsync(cancellationToken));
        if (Interlocked.Exchange(ref _hasSaid, 0) == 1)
            logger.LogWarning("The database was promoted: this server changes it from now on");
        return true;
    }

    /// <summary>The same after an error, where that says no more than that the database takes no changes: a job whose database was away
    /// when it began, or has become a standby since, learns of it so.</summary>
    /// <returns>whether it was that, and is over</returns>
    public async Task<bool> OutwaitAsync(Exception error, CancellationToken cancellationToken) =>
        IsReadOnly(error) && await WaitAsync(cancellationToken);

    private static bool IsReadOnly(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
            if (
                inner is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction }
                || (inner is LedgerException said && said.Code == ErrorCode.DatabaseReadOnly)
            )
                return true;
        return false;
    }

    private async Task<bool> IsStandbyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ledger.AskAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand("select pg_is_in_recovery()", connection);
                    return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
                },
                cancellationToken
            );
        }
        catch (LedgerException)
        {
            return false;
        }
    }
}
