using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Whether the stars that a selection names are there: one that is not would be left out of what somebody counts on.</summary>
public sealed class NamedStars(LedgerDatabase ledger)
{
    private const int Shown = 5;

    /// <exception cref="LedgerException">the filter looks at named stars only, and the datasets lack some of them</exception>
    public async Task RequireAsync(IReadOnlyList<Dataset> datasets, StarFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Only is not { Count: > 0 } only)
            return;
        var unknown = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    with known as materialized (
                      select distinct s.source_id from public.stars s where s.dataset_id = any($2) and s.source_id = any($1)
                    )
                    select id from unnest($1::text[]) id
                    left join known k on k.source_id = id
                    where k.source_id is null
                    order by id collate "C"
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = only.ToArray() },
                        new() { Value = datasets.Select(d => d.DatasetId).ToArray() },
                    },
                    CommandTimeout = 120,
                };
                var ids = new List<string>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    ids.Add(reader.GetString(0));
                return ids;
            },
            cancellationToken
        );
        if (unknown.Count == 0)
            return;
        throw LedgerException.Invalid(
            "filter.only",
            $"only names {only.Count} star{(only.Count == 1 ? "" : "s")}, and {string.Join(" and ", datasets.Select(d => $"'{d.Name}'"))} "
                + $"{(datasets.Count == 1 ? "lacks" : "lack")} {string.Join(", ", unknown.Take(Shown))}"
                + (unknown.Count > Shown ? $" and {unknown.Count - Shown} more of them" : ""),
            "Name stars by their ids in the catalogue (source_id), or leave these out."
        );
    }
}
