namespace Almagest.Ledger.Deletions;

/// <summary>The statements by which something leaves the ledger for the deletions, and comes back.</summary>
internal static class DeletionSql
{
    private const string ResultColumns =
        "run_id, star_id, is_anomaly, anomaly_score, cluster_id, membership_strength, membership_probability, flag_probability, "
        + "score_spread, membership_stability";

    private const string ExclusionColumns = "run_id, dataset_id, reason, healpix_6, stars";

    /// <summary>Keeps those of some runs that nobody works on. $1 runs, $2 who</summary>
    public const string KeepRuns = """
        with r as (select * from public.discovery_runs where run_id = any($1) and status <> 'running' order by run_id for update)
        insert into public.deletions (kind, run_id, dataset_id, deleted_by, content, summary)
        select 'run', r.run_id, r.dataset_id, $2,
          jsonb_build_object('run', to_jsonb(r), 'tags', c.tags, 'notes', c.notes, 'clusters', c.clusters,
            'identifications', c.identifications, 'identified', c.identified, 'news', c.news, 'keys', c.keys, 'is_shared', c.is_shared),
          format('%s run of %s, %s: %s results, %s clusters, %s tags, %s notes', r.status, r.algorithm, r.run_type,
            case when r.is_complete then r.total_stars else 0 end,
            jsonb_array_length(c.clusters), jsonb_array_length(c.tags), jsonb_array_length(c.notes))
        from r, lateral (select
          (select coalesce(jsonb_agg(t), '[]') from public.run_tags t where t.run_id = r.run_id) as tags,
          (select coalesce(jsonb_agg(n), '[]') from public.run_notes n where n.run_id = r.run_id) as notes,
          (select coalesce(jsonb_agg(k), '[]') from public.discovery_clusters k where k.run_id = r.run_id) as clusters,
          (select coalesce(jsonb_agg(i), '[]') from public.run_identifications i where i.run_id = r.run_id) as identifications,
          (select coalesce(jsonb_agg(i), '[]') from public.cluster_identifications i where i.run_id = r.run_id) as identified,
          (select coalesce(jsonb_agg(w), '[]') from public.watch_news w where w.run_id = r.run_id) as news,
          (select coalesce(jsonb_agg(k), '[]') from public.idempotency_keys k where k.run_id = r.run_id) as keys,
          r.status = 'pending' and exists (select 1 from public.run_tasks t where t.run_id = r.run_id) as is_shared) c
        returning deletion_id
        """;

    /// <summary>Their results leave the table of those that are seen; on a distributed ledger they stay, for nothing shows them without
    /// their runs. $1 runs</summary>
    public const string KeepResults =
        $"insert into public.deleted_results ({ResultColumns}) select {ResultColumns} from public.discovery_results where run_id = any($1)";

    /// <summary>What else belongs to them in bulk. $1 runs</summary>
    public static readonly string[] KeepBulk =
    [
        $"insert into public.deleted_exclusions ({ExclusionColumns}) select {ExclusionColumns} from public.discovery_exclusions "
            + "where run_id = any($1)",
        // Triggers count them out of the views and take their results away.
        "delete from public.discovery_runs where run_id = any($1)",
    ];

    private const string RunsOf = "run_id in (select run_id from public.deletions where deletion_id = any($1) and kind = 'run')";

    /// <summary>The results of runs come back. $1 their deletions</summary>
    public const string RestoreResults =
        $"insert into public.discovery_results ({ResultColumns}) select {ResultColumns} from public.deleted_results where {RunsOf}";

    /// <summary>What else the rows of runs make the views count, before them. $1 their deletions</summary>
    public static readonly string[] RestoreBulk =
    [
        $"insert into public.discovery_exclusions ({ExclusionColumns}) select {ExclusionColumns} from public.deleted_exclusions "
            + $"where {RunsOf}",
    ];

    /// <summary>The rows of runs, and what refers to them. $1 their deletions</summary>
    public static readonly string[] RestoreRuns =
    [
        """
            insert into public.discovery_runs
            select r.* from public.deletions d, jsonb_populate_record(null::public.discovery_runs, d.content -> 'run') r
            where d.deletion_id = any($1) order by r.run_id
            """,
        """
            insert into public.discovery_clusters
            select c.* from public.deletions d, jsonb_populate_recordset(null::public.discovery_clusters, d.content -> 'clusters') c
            where d.deletion_id = any($1)
            """,
        // A catalogue that is gone for good has taken its own with it; one that is deleted brings them back with it.
        """
            insert into public.run_identifications
            select i.* from public.deletions d,
              jsonb_populate_recordset(null::public.run_identifications, d.content -> 'identifications') i
            where d.deletion_id = any($1) and exists (select 1 from public.datasets s where s.dataset_id = i.dataset_id)
            """,
        """
            insert into public.cluster_identifications
            select i.* from public.deletions d,
              jsonb_populate_recordset(null::public.cluster_identifications, d.content -> 'identified') i
            where d.deletion_id = any($1) and exists (select 1 from public.datasets s where s.dataset_id = i.dataset_id)
            """,
        """
            insert into public.deletions (kind, run_id, dataset_id, with_deletion, content, summary)
            select 'identification', d.run_id, o.dataset_id, o.deletion_id,
              jsonb_build_object('identification', i, 'identified',
                (select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(d.content -> 'identified') c
                  where c -> 'dataset_id' = i -> 'dataset_id')),
              format('identification of run %s', d.run_id)
            from public.deletions d, jsonb_array_elements(d.content -> 'identifications') i, public.deletions o
            where d.deletion_id = any($1) and o.kind = 'dataset' and o.dataset_id = (i ->> 'dataset_id')::bigint
            """,
        """
            insert into public.run_tags
            select t.* from public.deletions d, jsonb_populate_recordset(null::public.run_tags, d.content -> 'tags') t
            where d.deletion_id = any($1)
            """,
        """
            insert into public.run_notes overriding system value
            select n.* from public.deletions d, jsonb_populate_recordset(null::public.run_notes, d.content -> 'notes') n
            where d.deletion_id = any($1)
            """,
        // A watch that was deleted meanwhile has taken its own along.
        """
            insert into public.watch_news
            select n.* from public.deletions d, jsonb_populate_recordset(null::public.watch_news, d.content -> 'news') n
            where d.deletion_id = any($1) and exists (select 1 from public.watches w where w.watch_id = n.watch_id)
            on conflict do nothing
            """,
        // A request that came again meanwhile has started another run, which has the key.
        """
            insert into public.idempotency_keys
            select k.* from public.deletions d, jsonb_populate_recordset(null::public.idempotency_keys, d.content -> 'keys') k
            where d.deletion_id = any($1)
            on conflict do nothing
            """,
        // A run that waits has the first of its tasks alone.
        """
            insert into public.run_tasks (run_id, number, phase)
            select d.run_id, 0, 0 from public.deletions d where d.deletion_id = any($1) and (d.content ->> 'is_shared')::boolean
            """,
    ];

    /// <summary>Takes a note away and keeps it. $1 run, $2 note, $3 who</summary>
    public const string DeleteNote = """
        with n as (delete from public.run_notes where run_id = $1 and note_id = $2 returning *)
        insert into public.deletions (kind, run_id, dataset_id, deleted_by, content, summary)
        select 'note', n.run_id, r.dataset_id, $3, to_jsonb(n),
          format('note %s on run %s: %s', n.note_id, n.run_id, left(n.text, 80))
        from n join public.discovery_runs r using (run_id)
        returning deletion_id
        """;

    /// <summary>$1 run, $2 content</summary>
    public const string RestoreNote = """
        insert into public.run_notes overriding system value
        select (jsonb_populate_record(null::public.run_notes, $2)).*
        where exists (select 1 from public.discovery_runs where run_id = $1)
        """;

    /// <summary>What a star's label says. $1 star, $2 set</summary>
    public const string Label = "select to_jsonb(l)::text from public.star_labels l where star_id = $1 and label_set = $2 for update";

    /// <summary>Takes it away. $1 star, $2 set</summary>
    public const string DeleteLabel = "delete from public.star_labels where star_id = $1 and label_set = $2";

    /// <summary>Whose star it is, and its name. $1 star</summary>
    public const string LabelledStar = "select dataset_id, source_id from public.stars where star_id = $1";

    /// <summary>Keeps the label. $1 star, $2 dataset, $3 who, $4 what it was, $5 what is said of it</summary>
    public const string KeepLabel = """
        insert into public.deletions (kind, star_id, dataset_id, deleted_by, content, summary) values ('label', $1, $2, $3, $4::jsonb, $5)
        """;

    /// <summary>Whether the star has a label in that set by now. $1 star, $2 content</summary>
    public const string HasLabel = "select 1 from public.star_labels where star_id = $1 and label_set = $2::jsonb ->> 'label_set'";

    /// <summary>$1 content</summary>
    public const string RestoreLabel = """
        insert into public.star_labels select (jsonb_populate_record(null::public.star_labels, $1)).*
        """;

    /// <summary>One deletion, or the one of a run, with the name of a deleted dataset that it cannot come back without; held against others
    /// who would restore it at the same moment. $1 number or null, $2 run or null</summary>
    public const string Take = """
        select d.deletion_id, d.kind, d.run_id, d.star_id, d.dataset_id, d.content, o.content #>> '{dataset,name}'
        from public.deletions d
        left join public.deletions o on o.kind = 'dataset' and d.kind <> 'dataset'
          and (o.deletion_id = d.with_deletion or o.dataset_id = d.dataset_id
            or d.content #> '{run,dataset_filter,also_datasets}' @> to_jsonb(o.dataset_id))
        where d.kind not in ('match', 'identification') and (d.deletion_id = $1 or (d.kind = 'run' and d.run_id = $2))
        limit 1 for update of d
        """;

    public const string Forget = "delete from public.deletions where deletion_id = $1";

    /// <summary>Those that are older than they are kept, or all. $1 how long, null = all</summary>
    public const string Empty =
        "delete from public.deletions where with_deletion is null "
        + "and ($1::interval is null or deleted_at < clock_timestamp() - $1::interval)";

    public const string Runs = "select run_id from public.deletions where kind = 'run'";

    /// <summary>Deleted runs over a dataset. $1 dataset, $2 what the filter of a run contains that adds it to another</summary>
    public const string RunsOver = "kind = 'run' and (dataset_id = $1 or content #> '{run,dataset_filter}' @> $2::jsonb)";

    /// <summary>$1 and $2 as there, $3 how long they are kept</summary>
    public const string CountRuns =
        $"select count(*) from public.deletions where {RunsOver} and deleted_at >= clock_timestamp() - $3::interval";

    /// <summary>Those that stand for themselves, and whose dataset is there. $1 how long they are kept</summary>
    public const string List = """
        select d.deletion_id, d.kind, d.run_id, d.star_id, coalesce(s.name, d.content #>> '{dataset,name}'), d.summary, d.deleted_at,
               d.deleted_by, d.deleted_at + $1::interval, d.dataset_id
        from public.deletions d left join public.datasets s using (dataset_id)
        where d.deleted_at >= clock_timestamp() - $1::interval and d.with_deletion is null
          and (d.kind = 'dataset' or s.dataset_id is not null)
        order by d.deletion_id desc limit 1000
        """;
}
