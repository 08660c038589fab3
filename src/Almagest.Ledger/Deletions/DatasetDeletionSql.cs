namespace Almagest.Ledger.Deletions;

/// <summary>The statements by which a dataset leaves the ledger for the deletions with all that rests on it, and comes back.</summary>
internal static class DatasetDeletionSql
{
    /// <summary>Holds the runs over a dataset. $1 dataset, $2 what the filter of a run contains that adds it to another</summary>
    public const string Runs = """
        select run_id from public.discovery_runs r
        where r.dataset_id = $1 or r.dataset_filter @> $2
        order by run_id for update
        """;

    /// <summary>Whether one of them is worked on. $1 runs</summary>
    public const string AreAtWork = "select exists (select 1 from public.discovery_runs where run_id = any($1) and status = 'running')";

    /// <summary>Roughly the bytes that its copy takes, results aside, each with its key. $1 dataset</summary>
    public const string Bytes = """
        select (case when d.in_place is null then d.star_count
                  else (select count(*) from public.stars s where s.dataset_id = $1) end * (64 + coalesce((
                  select avg(pg_column_size(s)) from (select s from public.stars s where s.dataset_id = $1 limit 1000) s), 0))
              + 64 * coalesce((select sum(m.link_count) from public.cross_matches m where $1 in (m.dataset_1_id, m.dataset_2_id)), 0)
              )::bigint
        from public.datasets d where d.dataset_id = $1
        """;

    /// <summary>How many results runs have that are all in the ledger. $1 runs</summary>
    public const string ResultsOf =
        "select coalesce(sum(total_stars), 0)::bigint from public.discovery_runs where run_id = any($1) and star_set_id is null";

    /// <summary>The others of them, whose results are in files. $1 runs</summary>
    public const string InFiles = "select run_id from public.discovery_runs where run_id = any($1) and star_set_id is not null";

    /// <summary>How many results the ledger has of these. $1 runs</summary>
    public const string CountResults = "select count(*) from public.discovery_results where run_id = any($1)";

    /// <summary>Keeps its row and what is little. $1 dataset, $2 who, $3 its runs</summary>
    public const string Keep = """
        insert into public.deletions (kind, dataset_id, deleted_by, content, summary)
        select 'dataset', d.dataset_id, $2,
          jsonb_build_object('dataset', to_jsonb(d), 'rejected', c.rejected, 'watches', c.watches, 'cells', c.cells),
          concat_ws(', ',
            case d.star_count when 1 then '1 star' else d.star_count || ' stars' end,
            case c.labels when 0 then null when 1 then '1 label' else c.labels || ' labels' end,
            case cardinality($3) when 0 then 'no runs' when 1 then '1 run' else cardinality($3) || ' runs' end,
            case c.matches when 0 then null when 1 then '1 cross-match' else c.matches || ' cross-matches' end,
            case jsonb_array_length(c.watches) when 0 then null when 1 then '1 watch'
              else jsonb_array_length(c.watches) || ' watches' end)
        from public.datasets d, lateral (select
          (select coalesce(jsonb_agg(r), '[]') from public.rejected_rows r where r.dataset_id = d.dataset_id) as rejected,
          (select coalesce(jsonb_agg(w), '[]') from public.watches w where w.dataset_id = d.dataset_id) as watches,
          (select coalesce(jsonb_agg(p), '[]') from public.in_place_cells p where p.dataset_id = d.dataset_id) as cells,
          (select count(*) from public.star_labels l join public.stars s using (star_id) where s.dataset_id = d.dataset_id) as labels,
          (select count(*) from public.cross_matches m where d.dataset_id in (m.dataset_1_id, m.dataset_2_id)) as matches) c
        where d.dataset_id = $1
        returning deletion_id
        """;

    /// <summary>What went with it: a deletion each. $1 its deletion, $2 dataset, $3 its runs, which are kept already</summary>
    public static readonly string[] KeepOthers =
    [
        "update public.deletions set with_deletion = $1 where kind = 'run' and run_id = any($3) and $2::bigint is not null",
        """
            insert into public.deletions (kind, dataset_id, with_deletion, content, summary)
            select 'match', $2, $1, to_jsonb(m), format('cross-match %s', m.match_id)
            from public.cross_matches m where $2 in (m.dataset_1_id, m.dataset_2_id) and $3::uuid[] is not null
            """,
        // Of its own runs they went with those. What names clusters of others goes with the catalogue of the names.
        """
            insert into public.deletions (kind, run_id, dataset_id, with_deletion, content, summary)
            select 'identification', i.run_id, $2, $1,
              jsonb_build_object('identification', to_jsonb(i), 'identified',
                (select coalesce(jsonb_agg(c), '[]') from public.cluster_identifications c
                  where c.run_id = i.run_id and c.dataset_id = i.dataset_id)),
              format('identification of run %s', i.run_id)
            from public.run_identifications i where i.dataset_id = $2 and $3::uuid[] is not null
            """,
    ];

    /// <summary>The columns of a table, in the form in which both it and its copy have them. $1 table</summary>
    public const string Columns = """
        select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
        where attrelid = ('public.' || $1)::regclass and attnum > 0 and not attisdropped
        """;

    /// <summary>$1 dataset</summary>
    public static string KeepStars(string columns) =>
        $"insert into public.deleted_stars ({columns}) select {columns} from public.stars where dataset_id = $1";

    /// <summary>$1 dataset</summary>
    public static string KeepLabels(string columns) =>
        $"""
            insert into public.deleted_labels ({columns}) select {columns} from public.star_labels
            where star_id in (select star_id from public.stars where dataset_id = $1)
            """;

    /// <summary>$1 dataset</summary>
    public static string KeepLinks(string columns) =>
        $"""
            insert into public.deleted_links ({columns}) select {columns} from public.star_links
            where match_id in (select match_id from public.cross_matches where $1 in (dataset_1_id, dataset_2_id))
            """;

    /// <summary>What joins tables that were empty when their statistics were made: for each row of one, all of the other would be
    /// read. Until the end of the transaction.</summary>
    public const string WithoutLoops = "set local enable_nestloop = off";

    public const string WithLoops = "set local enable_nestloop = on";

    /// <summary>What was filled, for the plans of whoever asks next.</summary>
    public const string AnalyzeKept = "analyze public.deleted_stars, public.deleted_labels, public.deleted_results, public.deleted_links";

    /// <summary>The same, of what is back.</summary>
    public const string AnalyzeRestored = "analyze public.stars, public.star_labels, public.discovery_results";

    /// <summary>Triggers take its stars and labels away, and what refers to it. $1 dataset</summary>
    public const string Delete = "delete from public.datasets where dataset_id = $1";

    /// <summary>$1 its deletion, $2 its name from now on</summary>
    public const string Restore = """
        insert into public.datasets overriding system value
        select r.* from public.deletions d,
          jsonb_populate_record(null::public.datasets, jsonb_set(d.content -> 'dataset', '{name}', to_jsonb($2::text))) r
        where d.deletion_id = $1
        """;

    /// <summary>$1 its deletion</summary>
    public static string RestoreStars(string columns) =>
        $"""
            insert into public.stars ({columns}) select {columns} from public.deleted_stars
            where dataset_id = (select dataset_id from public.deletions where deletion_id = $1) order by star_id
            """;

    /// <summary>$1 its deletion</summary>
    public static string RestoreLabels(string columns) =>
        $"""
            insert into public.star_labels ({columns}) select {columns} from public.deleted_labels
            where star_id in (select s.star_id from public.deleted_stars s join public.deletions d using (dataset_id)
              where d.deletion_id = $1)
            """;

    // The datasets that a deletion d needs.
    private const string Needs = """
        unnest(case d.kind
          when 'match' then array[(d.content ->> 'dataset_1_id')::bigint, (d.content ->> 'dataset_2_id')::bigint]
          when 'run' then d.dataset_id
            || array(select jsonb_array_elements_text(d.content #> '{run,dataset_filter,also_datasets}')::bigint)
          else array[d.dataset_id] end) as needed (dataset_id)
        """;

    /// <summary>What went with a deletion and lacks something else goes with that from now on: another dataset, or the run of an
    /// identification. $1 deletions</summary>
    public const string HandOver = $"""
        update public.deletions d
           set with_deletion = o.deletion_id
          from public.deletions o
         where d.with_deletion = any($1) and o.deletion_id <> all($1)
           and (o.kind = 'dataset' and o.dataset_id in (select dataset_id from {Needs})
             or o.kind = 'run' and d.kind = 'identification' and o.run_id = d.run_id)
        """;

    /// <summary>What went with a deletion and can come back with it: its numbers, of one kind. $1 deletions, $2 kind</summary>
    public const string WentWith = $"""
        select d.deletion_id from public.deletions d
        where d.with_deletion = any($1) and d.kind = $2
          and not exists (select 1 from {Needs} where not exists (
            select 1 from public.datasets s where s.dataset_id = needed.dataset_id))
        order by d.deletion_id
        """;

    /// <summary>$1 deletions of cross-matches</summary>
    public const string RestoreMatches = """
        insert into public.cross_matches overriding system value
        select m.* from public.deletions d, jsonb_populate_record(null::public.cross_matches, d.content) m
        where d.deletion_id = any($1)
        """;

    /// <summary>$1 deletions of cross-matches</summary>
    public static string RestoreLinks(string columns) =>
        $"""
            insert into public.star_links ({columns}) select {columns} from public.deleted_links
            where match_id in (select (content ->> 'match_id')::bigint from public.deletions where deletion_id = any($1))
            """;

    /// <summary>$1 deletions of identifications</summary>
    public static readonly string[] RestoreIdentifications =
    [
        """
            insert into public.run_identifications
            select i.* from public.deletions d, jsonb_populate_record(null::public.run_identifications, d.content -> 'identification') i
            where d.deletion_id = any($1) and exists (select 1 from public.discovery_runs r where r.run_id = i.run_id)
            on conflict do nothing
            """,
        """
            insert into public.cluster_identifications
            select i.* from public.deletions d,
              jsonb_populate_recordset(null::public.cluster_identifications, d.content -> 'identified') i
            where d.deletion_id = any($1)
              and exists (select 1 from public.run_identifications r where r.run_id = i.run_id and r.dataset_id = i.dataset_id)
            on conflict do nothing
            """,
    ];

    /// <summary>What rests on a dataset and needs others that are deleted: their names, how many runs, how many cross-matches. $1 dataset,
    /// $2 how long deletions are kept</summary>
    public const string Waiting = $"""
        select lacking.names, count(*) filter (where d.kind = 'run'), count(*) filter (where d.kind = 'match')
        from public.deletions d, lateral (
          select array_agg(o.content -> 'dataset' ->> 'name' order by o.dataset_id) as names from public.deletions o
          where o.kind = 'dataset' and o.deleted_at >= clock_timestamp() - $2::interval
            and o.dataset_id in (select dataset_id from {Needs})) lacking
        where d.with_deletion is not null and d.kind in ('run', 'match') and $1 in (select dataset_id from {Needs})
          and lacking.names is not null
        group by lacking.names order by lacking.names
        """;

    /// <summary>What is little, before the runs. $1 its deletion</summary>
    public static readonly string[] RestoreOthers =
    [
        """
            insert into public.rejected_rows
            select r.* from public.deletions d, jsonb_populate_recordset(null::public.rejected_rows, d.content -> 'rejected') r
            where d.deletion_id = $1
            """,
        """
            insert into public.in_place_cells
            select c.* from public.deletions d, jsonb_populate_recordset(null::public.in_place_cells, d.content -> 'cells') c
            where d.deletion_id = $1
            """,
        """
            select view_summaries.after_cells(d.dataset_id) from public.deletions d
            where d.deletion_id = $1 and jsonb_array_length(d.content -> 'cells') > 0
            """,
        // Before the runs, which bring its news. Of a name that another has by now, it says so.
        """
            insert into public.watches
            select (jsonb_populate_record(null::public.watches, case
                when exists (select 1 from public.watches o where o.name = w ->> 'name')
                then jsonb_set(w, '{name}', to_jsonb(format('%s (%s, brought back)', w ->> 'name', w ->> 'watch_id'))) else w end)).*
            from public.deletions d, jsonb_array_elements(d.content -> 'watches') w
            where d.deletion_id = $1
            """,
    ];
}
