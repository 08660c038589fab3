namespace Almagest.Ledger.Distribution;

/// <summary>What differs between the tables of a ledger on one machine and on several, besides where they lie.</summary>
internal static class LayoutSql
{
    private const string Columns =
        "run_id, star_id, is_anomaly, anomaly_score, cluster_id, membership_strength, membership_probability, flag_probability, "
        + "score_spread, membership_stability";

    /// <summary>Takes all triggers off the bulk tables: none can be on a distributed one. Whoever writes does what they did.</summary>
    public const string TakeTriggers = """
        do $$
        declare
          found record;
        begin
          for found in
            select t.tgname, t.tgrelid::regclass as owner
            from pg_trigger t
            where t.tgrelid in ('public.stars'::regclass, 'public.star_labels'::regclass) and not t.tgisinternal
          loop
            execute format('drop trigger %I on %s', found.tgname, found.owner);
          end loop;
        end $$
        """;

    /// <summary>A unique index holds what says where a row lies, and a source id does not: loads find repetitions by themselves.</summary>
    public const string LoosenStars = """
        drop index public.ix_stars_dataset_id_source_id;
        create index ix_stars_dataset_id_source_id on public.stars (dataset_id, source_id)
        """;

    public const string TightenStars = """
        drop index public.ix_stars_dataset_id_source_id;
        create unique index ix_stars_dataset_id_source_id on public.stars (dataset_id, source_id)
        """;

    public const string RepeatedSources = """
        select format('%s in dataset %s', source_id, dataset_id) from (
          select dataset_id, source_id from public.stars group by dataset_id, source_id having count(*) > 1 limit 3) r
        """;

    /// <summary>Of a deleted run that can be brought back, the results stay among the others on a distributed ledger.</summary>
    public const string DeletedResultsBack =
        $"insert into public.discovery_results ({Columns}) select {Columns} from public.deleted_results; delete from public.deleted_results";

    public const string DeletedResultsAway = $"""
        insert into public.deleted_results ({Columns}) select {Columns} from public.discovery_results
        where run_id in (select run_id from public.deletions where kind = 'run');
        delete from public.discovery_results where run_id in (select run_id from public.deletions where kind = 'run')
        """;
}
