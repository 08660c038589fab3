using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Npgsql;

namespace Almagest.Runs.Browsing;

/// <summary>Runs as a table: one row a run or a sweep, with its parameters and what it found, sorted by any of them.</summary>
public sealed class RunBrowser(LedgerDatabase ledger)
{
    /// <summary>Most rows of a page.</summary>
    public const int MostRows = 500;

    /// <exception cref="LedgerException">a condition or an order cannot be read, or the database has trouble</exception>
    public async Task<RunTablePage> ReadAsync(RunTableQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var asked = query.Runs;
        var several = asked.DatasetId is { } dataset ? await new RunRepository(ledger).AlsoOverAsync(dataset, cancellationToken) : [];
        var fit = RunCondition.Join("", [.. RunSort.Conditions(asked, several).Select(c => c with { Sql = $" and {c.Sql}" })]);
        var key = query.IsFolded ? "coalesce(r.group_id, r.run_id)" : "r.run_id";
        var order = Order(asked.Sort);
        var (page, keys) = await ledger.AskAsync(
            async connection =>
            {
                var (runs, rows, types) = await TotalsAsync(connection, key, fit, cancellationToken);
                var (differing, parameters) = await ParametersAsync(connection, fit, cancellationToken);
                var found = await KeysAsync(connection, key, fit, order, query, cancellationToken);
                var lacking = await LackingAsync(connection, cancellationToken);
                return (new RunTablePage([], runs, rows, types, lacking, differing, parameters), found);
            },
            cancellationToken
        );
        var newest = await NewestAsync(keys, cancellationToken);
        return page with
        {
            Rows = await ledger.AskAsync(
                connection =>
                    new RunTableRows(connection, key, fit, [.. keys.Select(k => k.Key)]).ReadAsync(keys, newest, cancellationToken),
                cancellationToken
            ),
        };
    }

    /// <summary>The ids of the runs that fit, the newest first.</summary>
    /// <param name="most">no more than these</param>
    /// <exception cref="LedgerException">a condition cannot be read, or the database has trouble</exception>
    public async Task<IReadOnlyList<Guid>> IdsAsync(RunQuery query, int most, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return
        [
            .. (
                await new RunRepository(ledger).ListAsync(
                    query with
                    {
                        Sort = RunQuery.Newest,
                        After = null,
                        Limit = most,
                    },
                    cancellationToken
                )
            ).Select(r => r.RunId),
        ];
    }

    private async Task<IReadOnlyDictionary<Guid, DiscoveryRun>> NewestAsync(
        IReadOnlyList<(Guid Key, Guid Newest, int Count)> keys,
        CancellationToken cancellationToken
    )
    {
        var ids = keys.Select(k => k.Newest).ToArray();
        return (await ledger.ReadAsync(context => context.Runs.Where(r => ids.Contains(r.RunId)), cancellationToken)).ToDictionary(r =>
            r.RunId
        );
    }

    private static RunCondition Order(string sort)
    {
        var isDescending = sort.StartsWith('-');
        var name = sort.TrimStart('-');
        var field =
            RunField.Find(name)
            ?? throw LedgerException.Invalid("sort", $"sort is '{sort}': {RunField.Unknown(name)}", "Sort by a field or a parameter.");
        // Of a row of several runs the one that would come first decides.
        var (first, way) = isDescending ? ("max", "desc") : ("min", "asc");
        var keys = RunSort.Keys(field, "r", isDescending);
        object[] values = field.Kind == RunFieldKind.Parameter ? [field.Sql] : [];
        return new RunCondition(
            $"{first}({keys[0]}) {way}, {first}(({keys[1]})::integer) {way}, {first}({keys[2]}) {way}, {first}({keys[3]}::text) {way}",
            values
        );
    }

    private static async Task<(long Runs, long Rows, HashSet<string> Types)> TotalsAsync(
        NpgsqlConnection connection,
        string key,
        RunCondition fit,
        CancellationToken cancellationToken
    )
    {
        await using var command = RunCondition
            .Join(
                "",
                [
                    new RunCondition(
                        $"select count(*), count(distinct {key}), array_agg(distinct r.run_type) from public.discovery_runs r where true"
                    ),
                    fit,
                ]
            )
            .On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? [] : [.. reader.GetFieldValue<string[]>(2)]);
    }

    private static readonly string[] s_seldom = ["significance", "f1", "adjusted_rand_index"];

    // Of the whole ledger: a column that comes and goes from page to page would be a nuisance.
    private static async Task<HashSet<string>> LackingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select exists (select 1 from public.discovery_clusters where significance is not null),
              exists (select 1 from public.mv_discovery_quality where f1 is not null and labelled_stars >= {RunField.LeastLabels}),
              exists (select 1 from public.mv_discovery_quality where adjusted_rand_index is not null
                and labelled_stars >= {RunField.LeastLabels})
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return [.. s_seldom.Where((_, i) => !reader.GetBoolean(i))];
    }

    private static async Task<(IReadOnlyList<string> Differing, IReadOnlyList<string> All)> ParametersAsync(
        NpgsqlConnection connection,
        RunCondition fit,
        CancellationToken cancellationToken
    )
    {
        // Sets of parameters are few where runs are many.
        await using var command = RunCondition
            .Join(
                "",
                [
                    new RunCondition(
                        "select p.key, count(distinct p.value) > 1 "
                            + "from (select distinct r.parameters from public.discovery_runs r where true"
                    ),
                    fit,
                    new RunCondition(") s cross join lateral jsonb_each(s.parameters) p group by p.key order by p.key"),
                ]
            )
            .On(connection);
        var (differing, all) = (new List<string>(), new List<string>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(reader.GetString(0));
            if (reader.GetBoolean(1))
                differing.Add(reader.GetString(0));
        }
        return (differing, all);
    }

    private static async Task<List<(Guid Key, Guid Newest, int Count)>> KeysAsync(
        NpgsqlConnection connection,
        string key,
        RunCondition fit,
        RunCondition order,
        RunTableQuery query,
        CancellationToken cancellationToken
    )
    {
        var size = Math.Clamp(query.Size, 1, MostRows);
        await using var command = RunCondition
            .Join(
                "",
                [
                    new RunCondition($"select {key}, max(r.run_id::text), count(*)::integer from public.discovery_runs r where true"),
                    fit,
                    new RunCondition($" group by {key} order by "),
                    order,
                    new RunCondition(" limit {0} offset {1}", size, (long)size * (Math.Max(1, query.Page) - 1)),
                ]
            )
            .On(connection);
        var found = new List<(Guid, Guid, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetGuid(0), Guid.Parse(reader.GetString(1)), reader.GetInt32(2)));
        return found;
    }
}
