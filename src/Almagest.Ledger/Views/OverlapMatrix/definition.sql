-- One row per pair of complete anomaly runs, the lower id first, pairs that share nothing included.
-- The shared stars come from one set-based join over the flags (idx_discovery_results_flagged): intersecting arrays
-- pair by pair is quadratic in the flags.
with flags as (
  select r.star_id, r.run_id
  from public.discovery_results r
  join public.discovery_runs d using (run_id)
  where d.is_complete and d.run_type = 'anomaly' and r.is_anomaly = 1
),
runs as (
  select d.run_id, d.completed_at, count(f.star_id) as flags
  from public.discovery_runs d
  left join flags f using (run_id)
  where d.is_complete and d.run_type = 'anomaly'
  group by d.run_id, d.completed_at
),
shared as (
  select a.run_id as run_1_id,
         b.run_id as run_2_id,
         count(*) as overlap_count,
         array_agg(a.star_id order by a.star_id) as star_ids
  from flags a
  join flags b on b.star_id = a.star_id and a.run_id < b.run_id
  group by a.run_id, b.run_id
)
select a.run_id as run_1_id,
       a.flags as run_1_count,
       b.run_id as run_2_id,
       b.flags as run_2_count,
       coalesce(s.overlap_count, 0) as overlap_count,
       coalesce(s.star_ids, '{}'::bigint[]) as overlapping_star_ids,
       a.flags - coalesce(s.overlap_count, 0) as run_1_unique_count,
       b.flags - coalesce(s.overlap_count, 0) as run_2_unique_count,
       case when a.flags + b.flags = 0 then 0
            else coalesce(s.overlap_count, 0)::double precision / (a.flags + b.flags - coalesce(s.overlap_count, 0))
       end as jaccard_similarity,
       greatest(a.completed_at, b.completed_at) as last_updated
from runs a
join runs b on a.run_id < b.run_id
left join shared s on s.run_1_id = a.run_id and s.run_2_id = b.run_id
