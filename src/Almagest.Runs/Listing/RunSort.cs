using System.Globalization;
using Almagest.Contract.Errors;

namespace Almagest.Runs.Listing;

/// <summary>An order of runs by any field or parameter; runs that have no such value come last either way, and equal ones in the order of
/// their creation.</summary>
internal static class RunSort
{
    /// <summary>The whole query of a page.</summary>
    /// <param name="alsoOverTheDataset">runs that name the dataset beside another</param>
    /// <param name="after">the last run of the page before</param>
    /// <exception cref="LedgerException">a run has no such field, or the condition cannot be read</exception>
    public static RunCondition Query(RunQuery query, Guid[] alsoOverTheDataset, Guid? after)
    {
        var isDescending = query.Sort.StartsWith('-');
        var name = query.Sort.TrimStart('-');
        var field =
            RunField.Find(name)
            ?? throw LedgerException.Invalid(
                "sort",
                $"sort is '{query.Sort}': {RunField.Unknown(name)}",
                "Sort by a field or a parameter."
            );
        object[] values = field.Kind == RunFieldKind.Parameter ? [field.Sql] : [];
        var conditions = Conditions(query, alsoOverTheDataset).ToList();
        if (after is { } id)
            conditions.Add(
                new RunCondition(
                    $"({string.Join(", ", Keys(field, "r", isDescending))}) {(isDescending ? "<" : ">")} "
                        + $"(select {string.Join(", ", Keys(field, "a", isDescending))} from public.discovery_runs a "
                        + string.Create(CultureInfo.InvariantCulture, $"where a.run_id = {{{values.Length}}})"),
                    [.. values, id]
                )
            );
        var order = string.Join(", ", Keys(field, "r", isDescending).Select(k => $"{k} {(isDescending ? "desc" : "asc")}"));
        return Page(conditions, new RunCondition(order, values), query);
    }

    /// <summary>The runs of a page.</summary>
    public static RunCondition Page(IEnumerable<RunCondition> conditions, RunCondition order, RunQuery query) =>
        RunCondition.Join(
            "",
            [
                new RunCondition("select r.* from public.discovery_runs r where true"),
                .. conditions.Select(c => c with { Sql = $" and {c.Sql}" }),
                order with
                {
                    Sql = $" order by {order.Sql}",
                },
                new RunCondition(" limit {0}", query.Limit),
            ]
        );

    /// <summary>What a run has to meet; all of them.</summary>
    public static IEnumerable<RunCondition> Conditions(RunQuery query, Guid[] alsoOverTheDataset)
    {
        foreach (var text in Texts(query))
            yield return text;
        if (query.RunType is { } type)
            yield return new RunCondition("r.run_type = {0}", type);
        if (query.Status is { } status)
            yield return new RunCondition("r.status = {0}", status);
        if (query.Algorithm is { } algorithm)
            yield return new RunCondition("r.algorithm = {0}", algorithm);
        if (query.DatasetId is { } dataset)
            // Where there are no others the runs come from the dataset's index alone.
            yield return alsoOverTheDataset.Length == 0
                ? new RunCondition("r.dataset_id = {0}", dataset)
                : new RunCondition("(r.dataset_id = {0} or r.run_id = any({1}))", dataset, alsoOverTheDataset);
        if (query.GroupId is { } group)
            yield return new RunCondition("r.group_id = {0}", group);
        if (query.Before is { } before)
            yield return new RunCondition("r.run_id < {0}", before);
        if (query.Tag is { } tag)
            yield return new RunCondition("exists (select 1 from public.run_tags t where t.run_id = r.run_id and t.tag = {0})", tag);
    }

    /// <summary>What a run has to meet that is written in words.</summary>
    public static IEnumerable<RunCondition> Texts(RunQuery query)
    {
        if (query.Where is { Length: > 0 } where)
            yield return RunWhere.Parse(where);
        foreach (var word in (query.Search ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MostWords))
            yield return new RunCondition(Holds, $"%{RunField.Escaped(word)}%");
    }

    private const int MostWords = 20;

    // Whatever of a run is a text, or is written as one.
    private const string Holds = """
        (r.run_id::text ilike {0} or r.group_id::text ilike {0} or r.name ilike {0} or r.algorithm ilike {0} or r.started_by ilike {0}
          or r.error ilike {0} or r.status ilike {0} or r.dataset_filter::text ilike {0}
          or exists (select 1 from jsonb_each_text(r.parameters) p where p.value ilike {0})
          or exists (select 1 from public.run_tags t where t.run_id = r.run_id and t.tag ilike {0})
          or exists (select 1 from public.run_notes n where n.run_id = r.run_id and n.text ilike {0})
          or exists (select 1 from public.datasets d where (d.dataset_id = r.dataset_id
            or r.dataset_filter -> 'also_datasets' @> to_jsonb(d.dataset_id)) and d.name ilike {0}))
        """;

    /// <summary>What runs are sorted by, the first first; <c>{0}</c> is the name of a parameter.</summary>
    public static string[] Keys(RunField field, string alias, bool isDescending)
    {
        var last = isDescending ? "'-Infinity'" : "'Infinity'";
        var (number, text) = field.Kind switch
        {
            RunFieldKind.Number => ($"({field.Of(alias)})::double precision", "null"),
            RunFieldKind.Time => ($"extract(epoch from {field.Of(alias)})::double precision", "null"),
            RunFieldKind.Truth => ($"({field.Of(alias)})::integer::double precision", "null"),
            RunFieldKind.Text => ("null", field.Of(alias)),
            RunFieldKind.Words => ("null", $"(select min(w.word) from ({field.Of(alias)}) w)"),
            _ => (
                $"(case when jsonb_typeof({alias}.parameters -> {{0}}) = 'number' "
                    + $"then ({alias}.parameters -> {{0}})::double precision end)",
                $"({alias}.parameters ->> {{0}})"
            ),
        };
        // A text that is missing comes behind all others, whichever way.
        return
        [
            $"coalesce({number}, {last}::double precision)",
            isDescending ? $"({text} is not null)" : $"({text} is null)",
            $"coalesce({text}, '')",
            $"{alias}.run_id",
        ];
    }
}
