using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Annotations;

/// <summary>What a list shows, under a name.</summary>
/// <param name="Query">of the page's address, without the question mark</param>
public sealed record SavedView(string Name, string Query, string? SavedBy, DateTime SavedAt);

/// <summary>Named choices of what the list of runs shows; everybody who may read sees them.</summary>
public sealed class SavedViews(LedgerDatabase ledger)
{
    private const int LongestName = 100,
        LongestQuery = 8000;

    /// <summary>By name.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<SavedView>> ListAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync<IReadOnlyList<SavedView>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select name, query, saved_by, saved_at from public.saved_views order by lower(name), name limit 1000",
                    connection
                );
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new List<SavedView>();
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(
                        new SavedView(
                            reader.GetString(0),
                            reader.GetString(1),
                            reader.IsDBNull(2) ? null : reader.GetString(2),
                            reader.GetDateTime(3)
                        )
                    );
                return found;
            },
            cancellationToken
        );

    /// <summary>Saves a view; one of that name is replaced.</summary>
    /// <exception cref="LedgerException">it is not a name, or the query is too long</exception>
    public async Task SetAsync(string name, string query, string? by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var named = AnnotationText.Short("name", name);
        if (named is null || named.Length > LongestName)
            throw LedgerException.Invalid("name", "the view has no name, or a very long one", $"Give 1 to {LongestName} characters.");
        if (query.Length > LongestQuery)
            throw LedgerException.Invalid("query", $"the view's address has {query.Length} characters, expected at most {LongestQuery}");
        await ledger.AskAsync(
            connection =>
                connection.ExecuteAsync(
                    """
                    insert into public.saved_views (name, query, saved_by) values ($1, $2, $3)
                    on conflict (name) do update set query = excluded.query, saved_by = excluded.saved_by, saved_at = excluded.saved_at
                    """,
                    cancellationToken,
                    named,
                    query,
                    new NpgsqlParameter { Value = (object?)AnnotationText.Who(by) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
                ),
            cancellationToken
        );
    }

    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task RemoveAsync(string name, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            connection => connection.ExecuteAsync("delete from public.saved_views where name = $1", cancellationToken, name),
            cancellationToken
        );
}
