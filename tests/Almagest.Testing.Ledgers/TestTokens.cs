using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Testing.Ledgers;

public static class TestTokens
{
    /// <summary>Lets a token expire now: a test that waited for its end would depend on how long everything before it takes.</summary>
    public static Task ExpireAsync(LedgerDatabase ledger, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand("update access_tokens set expires_at = now() where name = $1", connection)
                {
                    Parameters = { new() { Value = name } },
                };
                await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
    }
}
