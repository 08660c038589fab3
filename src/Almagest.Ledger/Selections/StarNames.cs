using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>What catalogues call stars.</summary>
public sealed class StarNames(LedgerDatabase ledger)
{
    /// <summary>The catalogue's ids of stars that the ledger numbers, each once, in the order of their characters.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(IReadOnlyCollection<long> starIds, CancellationToken cancellationToken = default) =>
        [.. (await OfAsync(starIds, cancellationToken)).Values.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The catalogue's id of each of these stars that there is.</summary>
    public Task<IReadOnlyDictionary<long, string>> OfAsync(
        IReadOnlyCollection<long> starIds,
        CancellationToken cancellationToken = default
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select star_id, source_id from public.stars where star_id = any($1)",
                    connection
                )
                {
                    Parameters = { new() { Value = starIds.ToArray() } },
                };
                var names = new Dictionary<long, string>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    names.Add(reader.GetInt64(0), reader.GetString(1));
                return (IReadOnlyDictionary<long, string>)names;
            },
            cancellationToken
        );
}
