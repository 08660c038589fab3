-- One row per star that a complete anomaly run analysed, never flagged ones included.
-- The denominator counts anomaly runs only. Flags are collected apart, so that only they are sorted for the array.
-- Of runs whose results are in files the set of stars is kept: rows are for those of them that the ledger has, which some run flagged
-- or put into a cluster.
with runs as not materialized (
  select run_id, completed_at, star_set_id
  from public.discovery_runs
  where is_complete and run_type = 'anomaly'
),
analysed as (
  select r.star_id, count(*) as total_runs, max(d.completed_at) as last_updated
  from public.discovery_results r
  join runs d using (run_id)
  where d.star_set_id is null
  group by r.star_id
  union all
  select s.star_id, sum(t.runs)::bigint, max(t.last_updated)
  from (select star_set_id as set_id, count(*) as runs, max(completed_at) as last_updated
        from runs where star_set_id is not null group by star_set_id) t
  join public.analysed_sets a using (set_id)
  join public.stars s on s.dataset_id = a.dataset_id
  join public.analysed_set_blocks b on b.set_id = a.set_id and b.block = s.star_id >> 10
  where get_bit(b.members, (s.star_id & 1023)::int) = 1
  group by s.star_id
),
flagged as (
  select r.star_id,
         count(*) as anomaly_count,
         sum(round(r.anomaly_score * 1e9)::bigint) as score_sum,
         count(r.anomaly_score) as score_count,
         array_agg(r.run_id order by r.run_id) as run_ids
  from public.discovery_results r
  join runs d using (run_id)
  where r.is_anomaly = 1
  group by r.star_id
)
select a.star_id,
       coalesce(f.anomaly_count, 0) as anomaly_count,
       a.total_runs,
       (100 * coalesce(f.anomaly_count, 0))::double precision / a.total_runs as frequency_pct,
       f.score_sum::double precision / 1e9 / nullif(f.score_count, 0) as mean_anomaly_score,
       coalesce(f.run_ids, '{}'::uuid[]) as run_ids,
       a.last_updated
from analysed a
left join flagged f using (star_id)
