-- Counts an anomaly run's flags by star, and says where on the sky they are: one dataset and cell for each flag.
create function view_summaries.add_flags(flagged bigint[], scores double precision[], out dataset_ids bigint[],
  out cells bigint[]) language plpgsql as $$
declare
  again record;
  first record;
begin
  again := view_summaries.add_repeated_flags(flagged, scores);
  with added as (
    insert into view_summaries.flagged_stars (star_id, dataset_id, healpix_6, anomaly_count, score_sum, score_count)
    select n.star_id, s.dataset_id, s.healpix_29 >> 46, 1, coalesce(round(n.anomaly_score * 1e9)::bigint, 0),
      (n.anomaly_score is not null)::int
      from unnest(flagged, scores) as n (star_id, anomaly_score)
      left join public.stars s using (star_id)
     where not exists (select from unnest(again.star_ids) as a (star_id) where a.star_id = n.star_id)
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
