using Almagest.Ledger.Model;
using Almagest.Runs.Listing;
using Npgsql;

namespace Almagest.Runs.Browsing;

/// <summary>What the rows of one page show, each thing read for all of them at once.</summary>
internal sealed class RunTableRows(NpgsqlConnection connection, string key, RunCondition fit, Guid[] keys)
{
    public async Task<IReadOnlyList<RunTableRow>> ReadAsync(
        IReadOnlyList<(Guid Key, Guid Newest, int Count)> rows,
        IReadOnlyDictionary<Guid, DiscoveryRun> runs,
        CancellationToken cancellationToken
    )
    {
        if (rows.Count == 0)
            return [];
        var statuses = await StatusesAsync(cancellationToken);
        var metrics = await MetricsAsync(cancellationToken);
        var parameters = await ParametersAsync(cancellationToken);
        var tags = await TagsAsync(cancellationToken);
        var notes = await NotesAsync(cancellationToken);
        return
        [
            // A run that was deleted a moment ago is left out.
            .. rows.Where(r => runs.ContainsKey(r.Newest))
                .Select(r => new RunTableRow(
                    runs[r.Newest],
                    r.Count,
                    statuses.GetValueOrDefault(r.Key) ?? [],
                    metrics.GetValueOrDefault(r.Key) ?? [],
                    parameters.GetValueOrDefault(r.Key) ?? [],
                    tags.GetValueOrDefault(r.Key) ?? [],
                    notes.GetValueOrDefault(r.Key).Text,
                    notes.GetValueOrDefault(r.Key).Count
                )),
        ];
    }

    /// <summary>A query over the runs of the page, as the table <c>m</c> with what is selected.</summary>
    private RunCondition Over(string selected, string rest) =>
        RunCondition.Join(
            "",
            [
                new RunCondition($"with m as (select {key} as key, {selected} from public.discovery_runs r where {key} = any({{0}})", keys),
                fit,
                new RunCondition($") {rest}"),
            ]
        );

    private async Task EachAsync(RunCondition query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        await using var command = query.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            take(reader);
    }

    private async Task<Dictionary<Guid, Dictionary<string, int>>> StatusesAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, Dictionary<string, int>>();
        await EachAsync(
            Over("r.status", "select key, status, count(*)::integer from m group by key, status"),
            r => Of(found, r.GetGuid(0))[r.GetString(1)] = r.GetInt32(2),
            cancellationToken
        );
        return found;
    }

    private async Task<Dictionary<Guid, Dictionary<string, MetricSpan>>> MetricsAsync(CancellationToken cancellationToken)
    {
        var fields = RunMetrics.All.Select(m => RunField.Find(m.Name)!).ToList();
        // A run that failed, or waits, has found nothing yet: its number of stars is 0 and no number.
        var selected = string.Join(
            ", ",
            fields.Select(f => $"case when r.is_complete then ({f.Of("r")})::double precision end as {f.Name}")
        );
        var spans = string.Join(
            ", ",
            fields.Select(f => $"count({f.Name})::integer, avg({f.Name}), stddev_samp({f.Name}), min({f.Name}), max({f.Name})")
        );
        var found = new Dictionary<Guid, Dictionary<string, MetricSpan>>();
        await EachAsync(
            Over(selected, $"select key, {spans} from m group by key"),
            r =>
            {
                for (var i = 0; i < fields.Count; i++)
                {
                    var at = 1 + 5 * i;
                    if (r.GetInt32(at) > 0)
                        Of(found, r.GetGuid(0))[fields[i].Name] = new MetricSpan(
                            r.GetInt32(at),
                            r.GetDouble(at + 1),
                            r.IsDBNull(at + 2) ? null : r.GetDouble(at + 2),
                            r.GetDouble(at + 3),
                            r.GetDouble(at + 4)
                        );
                }
            },
            cancellationToken
        );
        return found;
    }

    private async Task<Dictionary<Guid, Dictionary<string, ParameterSpan>>> ParametersAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, Dictionary<string, ParameterSpan>>();
        await EachAsync(
            Over(
                "r.parameters",
                """
                , p as (
                  select m.key, p.key as name, p.value, p.value #>> array[]::text[] as said,
                    case when jsonb_typeof(p.value) = 'number' then p.value::double precision end as number
                  from (select distinct key, parameters from m) m cross join lateral jsonb_each(m.parameters) p)
                select key, name, count(distinct value)::integer, bool_and(number is not null),
                  (array_agg(said order by number, said))[1], (array_agg(said order by number desc nulls last, said desc nulls last))[1]
                from p group by key, name
                """
            ),
            r =>
                Of(found, r.GetGuid(0))[r.GetString(1)] = new ParameterSpan(
                    r.GetInt32(2),
                    r.IsDBNull(4) ? null : r.GetString(4),
                    r.IsDBNull(5) ? null : r.GetString(5),
                    r.GetBoolean(3)
                ),
            cancellationToken
        );
        return found;
    }

    private async Task<Dictionary<Guid, string[]>> TagsAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, string[]>();
        await EachAsync(
            Over(
                "r.run_id",
                "select m.key, array_agg(distinct t.tag order by t.tag) from m join public.run_tags t using (run_id) group by m.key"
            ),
            r => found[r.GetGuid(0)] = r.GetFieldValue<string[]>(1),
            cancellationToken
        );
        return found;
    }

    private async Task<Dictionary<Guid, (string? Text, long Count)>> NotesAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, (string?, long)>();
        await EachAsync(
            Over(
                "r.run_id",
                "select m.key, (array_agg(n.text order by n.note_id desc))[1], count(*) from m join public.run_notes n using (run_id) "
                    + "group by m.key"
            ),
            r => found[r.GetGuid(0)] = (r.GetString(1), r.GetInt64(2)),
            cancellationToken
        );
        return found;
    }

    private static Dictionary<string, T> Of<T>(Dictionary<Guid, Dictionary<string, T>> found, Guid key)
    {
        if (!found.TryGetValue(key, out var of))
            found[key] = of = [];
        return of;
    }
}
