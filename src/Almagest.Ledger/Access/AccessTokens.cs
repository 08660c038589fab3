using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Access;

/// <summary>The tokens of a ledger: made, listed, revoked, looked up.</summary>
public sealed class AccessTokens(LedgerDatabase ledger)
{
    private const int LongestName = 100;

    /// <summary>Makes a token. It is known to the caller alone, and only now.</summary>
    /// <exception cref="LedgerException">the name is taken or unfit, or the end is not in the future</exception>
    public async Task<(AccessToken Stored, string Token)> CreateAsync(
        string name,
        AccessScope scope,
        DateTime? expiresAt = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl) || name.Trim() != name)
            throw LedgerException.Invalid(
                "name",
                "the name of a token is empty, longer than 100 characters, or has spaces around it or control characters",
                "Name the person or program that gets it."
            );
        if (expiresAt <= DateTime.UtcNow)
            throw LedgerException.Invalid("expires", $"the token would have expired at {expiresAt:u}", "Give a time in the future.");
        var token = TokenText.Create();
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    insert into public.access_tokens (name, scope, token_hash, expires_at) values ($1, $2, $3, $4)
                    on conflict (name) do nothing returning created_at
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = name },
                        new() { Value = scope.Written() },
                        new() { Value = TokenText.Hash(token) },
                        new NpgsqlParameter<DateTime?> { TypedValue = expiresAt, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
                    },
                };
                if (await command.ExecuteScalarAsync(cancellationToken) is not DateTime createdAt)
                    throw LedgerException
                        .Of(ErrorCode.TokenNameTaken, $"there is a token '{name}' already", "Revoke it, or choose another name.", "name")
                        .With("name", name);
                return (
                    new AccessToken
                    {
                        Name = name,
                        Scope = scope.Written(),
                        TokenHash = TokenText.Hash(token),
                        CreatedAt = createdAt,
                        ExpiresAt = expiresAt,
                    },
                    token
                );
            },
            cancellationToken
        );
    }

    /// <summary>All tokens by name, expired ones too.</summary>
    public Task<List<AccessToken>> ListAsync(CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(context => context.AccessTokens.AsNoTracking().OrderBy(t => t.Name), cancellationToken);

    /// <exception cref="LedgerException">there is no such token</exception>
    public async Task RevokeAsync(string name, CancellationToken cancellationToken = default) =>
        await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand("delete from public.access_tokens where name = $1", connection)
                {
                    Parameters = { new() { Value = name } },
                };
                if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
                    throw LedgerException.Of(ErrorCode.TokenNotFound, $"there is no token '{name}'").With("name", name);
            },
            cancellationToken
        );

    /// <summary>The token of this hash, where it is valid; notes that it was used, to the hour.</summary>
    public Task<AccessToken?> FindAsync(byte[] hash, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                var found = await ReadAsync(connection, hash, cancellationToken);
                if (found is not null && !(found.LastUsedAt > DateTime.UtcNow.AddHours(-1)))
                    await NoteUseAsync(connection, hash, cancellationToken);
                return found;
            },
            cancellationToken
        );

    private static async Task<AccessToken?> ReadAsync(NpgsqlConnection connection, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select name, scope, created_at, expires_at, last_used_at from public.access_tokens
            where token_hash = $1 and (expires_at is null or expires_at > now())
            """,
            connection
        )
        {
            Parameters = { new() { Value = hash } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return new AccessToken
        {
            Name = reader.GetString(0),
            Scope = reader.GetString(1),
            TokenHash = hash,
            CreatedAt = reader.GetDateTime(2),
            ExpiresAt = reader.IsDBNull(3) ? null : reader.GetDateTime(3),
            LastUsedAt = reader.IsDBNull(4) ? null : reader.GetDateTime(4),
        };
    }

    // A replica takes no note, and lets in all the same.
    private static async Task NoteUseAsync(NpgsqlConnection connection, byte[] hash, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                "update public.access_tokens set last_used_at = greatest(date_trunc('hour', now()), created_at) where token_hash = $1",
                connection
            )
            {
                Parameters = { new() { Value = hash } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege) { }
    }
}
