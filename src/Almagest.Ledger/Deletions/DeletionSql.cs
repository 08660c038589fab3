namespace Almagest.Ledger.Deletions;

/// <summary>The statements by which something leaves the ledger for the deletions, and comes back.</summary>
internal static class DeletionSql
{
    private const string ResultColumns =
        "run_id, star_id, is_anomaly, anomaly_score, cluster_id, membership_strength, membership_probability, flag_probability, "
        + "score_spread, membership_stability";

    private const string ExclusionColumns = "run_id, dataset_id, reason, healpix_6, stars";

    /// <summary>Keeps a run that nobody works on. $1 run, $2 who</summary>
    public const string KeepRun = """
        with r as (select * from public.discovery_runs where run_id = $1 and status <> 'running' for update)
        insert into public.deletions (kind, run_id, dataset_id, deleted_by, content, summary)
        select 'run', r.run_id, r.dataset_id, $2,
          jsonb_build_object('run', to_jsonb(r), 'tags', c.tags, 'notes', c.notes, 'clusters', c.clusters,
            'identifications', c.identifications, 'identified', c.identified),
          format('%s run of %s, %s: %s results, %s clusters, %s tags, %s notes', r.status, r.algorithm, r.run_type,
            case when r.is_complete then r.total_stars else 0 end,
            jsonb_array_length(c.clusters), jsonb_array_length(c.tags), jsonb_array_length(c.notes))
        from r, lateral (select
          (select coalesce(jsonb_agg(t), '[]') from public.run_tags t where t.run_id = r.run_id) as tags,
          (select coalesce(jsonb_agg(n), '[]') from public.run_notes n where n.run_id = r.run_id) as notes,
          (select coalesce(jsonb_agg(k), '[]') from public.discovery_clusters k where k.run_id = r.run_id) as clusters,
          (select coalesce(jsonb_agg(i), '[]') from public.run_identifications i where i.run_id = r.run_id) as identifications,
          (select coalesce(jsonb_agg(i), '[]') from public.cluster_identifications i where i.run_id = r.run_id) as identified) c
        returning deletion_id
        """;

    /// <summary>Its results leave the table of those that are seen; on a distributed ledger they stay, for nothing shows them without their
    /// run. $1 run</summary>
    public const string KeepResults =
        $"insert into public.deleted_results ({ResultColumns}) select {ResultColumns} from public.discovery_results where run_id = $1";

    /// <summary>What else belongs to it in bulk. $1 run</summary>
    public static readonly string[] KeepBulk =
    [
        $"insert into public.deleted_exclusions ({ExclusionColumns}) select {ExclusionColumns} from public.discovery_exclusions "
            + "where run_id = $1",
        // Triggers count it out of the views and take its results away.
        "delete from public.discovery_runs where run_id = $1",
    ];

    /// <summary>Its results come back. $1 run</summary>
    public const string RestoreResults =
        $"insert into public.discovery_results ({ResultColumns}) select {ResultColumns} from public.deleted_results where run_id = $1";

    /// <summary>What else the row of a run makes the views count, before it. $1 run</summary>
    public static readonly string[] RestoreBulk =
    [
        $"insert into public.discovery_exclusions ({ExclusionColumns}) select {ExclusionColumns} from public.deleted_exclusions "
            + "where run_id = $1",
    ];

    /// <summary>What refers to the row of a run, after it. $1 content</summary>
    public static readonly string[] RestoreBelongings =
    [
        """
            insert into public.discovery_clusters
            select (jsonb_populate_recordset(null::public.discovery_clusters, $1 -> 'clusters')).*
            """,
        // A catalogue that was deleted meanwhile has taken its own with it.
        """
            insert into public.run_identifications
            select i.* from jsonb_populate_recordset(null::public.run_identifications, $1 -> 'identifications') i
            join public.datasets using (dataset_id)
            """,
        """
            insert into public.cluster_identifications
            select i.* from jsonb_populate_recordset(null::public.cluster_identifications, $1 -> 'identified') i
            join public.run_identifications using (run_id, dataset_id)
            """,
        """
            insert into public.run_tags select (jsonb_populate_recordset(null::public.run_tags, $1 -> 'tags')).*
            """,
        """
            insert into public.run_notes overriding system value
            select (jsonb_populate_recordset(null::public.run_notes, $1 -> 'notes')).*
            """,
    ];

    /// <summary>The row of the run itself. $1 run, $2 content</summary>
    public const string RestoreRunRow = """
        insert into public.discovery_runs select (jsonb_populate_record(null::public.discovery_runs, $2 -> 'run')).*
        where $1 = ($2 #>> '{run,run_id}')::uuid
        """;

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

    /// <summary>One deletion, or the one of a run; held against others who would restore it at the same moment. $1 number or null, $2 run
    /// or null</summary>
    public const string Take = """
        select deletion_id, kind, run_id, star_id, content from public.deletions
        where deletion_id = $1 or (kind = 'run' and run_id = $2) for update
        """;

    public const string Forget = "delete from public.deletions where deletion_id = $1";

    /// <summary>Those that are older than they are kept, or all. $1 how long, null = all</summary>
    public const string Empty = "delete from public.deletions where $1::interval is null or deleted_at < clock_timestamp() - $1::interval";

    /// <summary>Deleted runs over a dataset. $1 dataset, $2 what the filter of a run contains that adds it to another</summary>
    public const string RunsOver = "kind = 'run' and (dataset_id = $1 or content #> '{run,dataset_filter}' @> $2::jsonb)";

    /// <summary>$1 and $2 as there, $3 how long they are kept</summary>
    public const string CountRuns =
        $"select count(*) from public.deletions where {RunsOver} and deleted_at >= clock_timestamp() - $3::interval";

    /// <summary>$1 how long they are kept</summary>
    public const string List = """
        select d.deletion_id, d.kind, d.run_id, d.star_id, s.name, d.summary, d.deleted_at, d.deleted_by, d.deleted_at + $1::interval
        from public.deletions d join public.datasets s using (dataset_id)
        where d.deleted_at >= clock_timestamp() - $1::interval
        order by d.deletion_id desc limit 1000
        """;
}
