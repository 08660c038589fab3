using System.Collections.Concurrent;
using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>
/// The schema <c>dataset</c>: each dataset's stars as a table of its name, the other columns of its file among the columns. A dataset never
/// changes, so what its columns are is found out once.
/// </summary>
internal sealed class DatasetTables(LedgerDatabase ledger)
{
    public const string Schema = "dataset";

    // Enough to know what a file's columns hold; a value that does not fit is null.
    private const int LookedAt = 500;
    private const int MostExtras = 300;

    private readonly ConcurrentDictionary<long, PublishedTable> _known = [];

    /// <exception cref="NpgsqlException">the database has trouble</exception>
    public async Task<PublishedTable> OfAsync(long datasetId, string name, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(datasetId, out var table) && table.Name == name)
            return table;
        return _known[datasetId] = Table(datasetId, name, await ExtrasAsync(datasetId, cancellationToken));
    }

    private static PublishedTable Table(long datasetId, string name, List<(string Key, bool IsNumber)> extras)
    {
        var columns = new List<PublishedColumn>(LedgerTables.StarColumns);
        var values = new List<object> { datasetId };
        var selected = new List<string> { "s.*" };
        foreach (var (key, isNumber) in extras)
        {
            // The key is the file's own word: bound as a value, and called by a number.
            var column = string.Create(CultureInfo.InvariantCulture, $"x{values.Count}");
            var text = string.Create(CultureInfo.InvariantCulture, $"s.extra ->> {{{values.Count}}}");
            selected.Add(
                isNumber
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"case when jsonb_typeof(s.extra -> {{{values.Count}}}) = 'number' then ({text})::double precision end as {column}"
                    )
                    : $"{text} as {column}"
            );
            values.Add(key);
            columns.Add(
                new PublishedColumn(
                    key,
                    isNumber ? PublishedType.Double : PublishedType.Text,
                    "{0}." + column,
                    Description: "as the source table has it"
                )
                {
                    MayHaveUnicode = !isNumber,
                }
            );
        }
        var rows = new PublishedRows($"(select {string.Join(", ", selected)} from public.stars s where s.dataset_id = {{0}})", values);
        return new PublishedTable(
            Schema,
            name,
            $"The stars of the dataset {name}",
            rows,
            columns,
            new SkyIndex("ra_deg", "dec_deg", LedgerTables.Cell)
        );
    }

    private async Task<List<(string Key, bool IsNumber)>> ExtrasAsync(long datasetId, CancellationToken cancellationToken)
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select e.key, bool_and(jsonb_typeof(e.value) = 'number' and abs((case when jsonb_typeof(e.value) = 'number'
              then e.value end)::numeric) < 9e15)
            from (select extra from public.stars where dataset_id = $1 order by star_id limit $2) s, jsonb_each(s.extra) e
            where jsonb_typeof(s.extra) = 'object' and jsonb_typeof(e.value) <> 'null'
            group by e.key order by e.key
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = datasetId },
                new() { Value = LookedAt },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, bool)>();
        var taken = LedgerTables.StarColumns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = reader.GetString(0);
            if (key.Length is > 0 and <= 100 && !key.Any(char.IsControl) && found.Count < MostExtras && taken.Add(key))
                found.Add((key, reader.GetBoolean(1)));
        }
        return found;
    }
}
