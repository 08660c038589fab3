-- Counts an anomaly run's flags by star, and says where on the sky they are: one dataset and cell for each flag.
create function view_summaries.add_flags(flagged bigint[], scores double precision[], out dataset_ids bigint[],
  out cells bigint[]) language plpgsql as $$
declare
  again record;
  described record;
  first record;
begin
  again := view_summaries.add_repeated_flags(flagged, scores);
  -- Stars of other machines are not joined with a table of this one in the statement that writes it: they are looked up before.
  if view_summaries.is_distributed() then
    select array_agg(s.star_id) as star_ids, array_agg(s.dataset_id) as dataset_ids, array_agg(s.healpix_29 >> 46) as cells into described
      from unnest(flagged) as n (star_id)
      join public.stars s using (star_id);
    with added as (
      insert into view_summaries.flagged_stars (star_id, dataset_id, healpix_6, anomaly_count, score_sum, score_count)
      select n.star_id, s.dataset_id, s.healpix_6, 1, coalesce(round(n.anomaly_score * 1e9)::bigint, 0), (n.anomaly_score is not null)::int
        from unnest(flagged, scores) as n (star_id, anomaly_score)
        left join unnest(described.star_ids, described.dataset_ids, described.cells) as s (star_id, dataset_id, healpix_6) using (star_id)
       where not exists (select 1 from unnest(again.star_ids) as a (star_id) where a.star_id = n.star_id)
       order by n.star_id
      returning dataset_id, healpix_6
    )
    select array_agg(a.dataset_id) as dataset_ids, array_agg(a.healpix_6) as cells into first from added a;
    dataset_ids := again.dataset_ids || first.dataset_ids;
    cells := again.cells || first.cells;
    return;
  end if;
  with added as (
    insert into view_summaries.flagged_stars (star_id, dataset_id, healpix_6, anomaly_count, score_sum, score_count)
    select n.star_id, s.dataset_id, s.healpix_29 >> 46, 1, coalesce(round(n.anomaly_score * 1e9)::bigint, 0),
      (n.anomaly_score is not null)::int
      from unnest(flagged, scores) as n (star_id, anomaly_score)
      left join public.stars s using (star_id)
     where not exists (select 1 from unnest(again.star_ids) as a (star_id) where a.star_id = n.star_id)
     order by n.star_id
    returning dataset_id, healpix_6
  )
  select array_agg(a.dataset_id) as dataset_ids, array_agg(a.healpix_6) as cells into first from added a;
  dataset_ids := again.dataset_ids || first.dataset_ids;
  cells := again.cells || first.cells;
end $$;

-- Counts the flags of stars that were flagged before, and says which these are. Each star is looked up, whatever the planner thinks
-- of reading the whole table instead: the cost is the run's own, and pages that it does not change are not touched (reading them all
-- would tidy them, and after a checkpoint write each to the log).
create function view_summaries.add_repeated_flags(flagged bigint[], scores double precision[], out star_ids bigint[],
  out dataset_ids bigint[], out cells bigint[])
language plpgsql
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off as $$
begin
  -- Not "on conflict": that locks each row before it is changed, and nobody else changes rows under the apply lock.
  with known as (
    update view_summaries.flagged_stars f
       set anomaly_count = f.anomaly_count + 1,
           score_sum = f.score_sum + coalesce(round(n.anomaly_score * 1e9)::bigint, 0),
           score_count = f.score_count + (n.anomaly_score is not null)::int
      from unnest(flagged, scores) as n (star_id, anomaly_score)
     where f.star_id = n.star_id
    returning f.star_id, f.dataset_id, f.healpix_6
  )
  select array_agg(k.star_id), array_agg(k.dataset_id), array_agg(k.healpix_6) into star_ids, dataset_ids, cells from known k;
end $$;

-- The view's row of one star, by its block alone: where the members of a set are listed from their bits, a condition on the view looks
-- at all of them.
create function view_summaries.frequency_of(star bigint) returns table (star_id bigint, anomaly_count bigint, total_runs bigint,
  frequency_pct double precision, mean_anomaly_score double precision, run_ids uuid[], last_updated timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
begin
  if (select m.mode from view_summaries.maintenance m) = 'refresh' then
    return query
    select f.star_id, f.anomaly_count, f.total_runs, f.frequency_pct, f.mean_anomaly_score, f.run_ids, f.last_updated
      from public.mv_star_anomaly_frequency f where f.star_id = star;
    return;
  end if;
  return query
  select star,
         coalesce(f.anomaly_count, 0),
         a.total_runs,
         (100 * coalesce(f.anomaly_count, 0))::double precision / a.total_runs,
         f.score_sum::double precision / 1e9 / nullif(f.score_count, 0),
         array(select b.run_id from view_summaries.flag_blocks b
                where b.block = star >> 10 and get_bit(b.flags, (star & 1023)::int) = 1 order by b.run_id),
         a.last_updated
    from (select sum(s.anomaly_runs)::bigint as total_runs, max(s.last_anomaly_completed) as last_updated
            from view_summaries.star_set_blocks b
            join view_summaries.star_sets s on s.set_id = b.set_id
           where b.block = star >> 10 and s.anomaly_runs > 0 and get_bit(b.members, (star & 1023)::int) = 1) a
    left join view_summaries.flagged_stars f on f.star_id = star
   where a.total_runs > 0;
end $$;
