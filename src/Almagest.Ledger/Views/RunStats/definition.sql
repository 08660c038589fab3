-- One row per complete run.
-- Sizes and flags are each counted once per run before they meet: joining results with per-run cluster sizes would
-- multiply the counts. The average is a sum in fixed point (1e-9) over a count: the same rows give the same bits,
-- whatever the order or the number of workers, so an unchanged run is not rewritten by a refresh.
-- Of a run whose results are in files, the table of results has the stars in clusters, and not the noise: that is what is left of all.
with flags as (
  select r.run_id,
         count(*) as anomaly_count,
         min(r.anomaly_score) as min_anomaly_score,
         max(r.anomaly_score) as max_anomaly_score,
         sum(round(r.anomaly_score * 1e9)::bigint) as score_sum,
         count(r.anomaly_score) as score_count
  from public.discovery_results r
  where r.is_anomaly = 1
  group by r.run_id
),
sizes as (
  select r.run_id, r.cluster_id, count(*) as cluster_size
  from public.discovery_results r
  where r.cluster_id is not null
  group by r.run_id, r.cluster_id
),
clusters as (
  select run_id,
         count(*) filter (where cluster_id >= 0) as cluster_count,
         min(cluster_size) filter (where cluster_id >= 0) as min_cluster_size,
         max(cluster_size) filter (where cluster_id >= 0) as max_cluster_size,
         sum(cluster_size) filter (where cluster_id >= 0) as clustered_stars,
         sum(cluster_size) filter (where cluster_id = -1) as noise_count
  from sizes
  group by run_id
)
select d.run_id,
       d.run_type,
       d.created_at,
       d.total_stars,
       d.parameters as parameters_json,
       coalesce(f.anomaly_count, 0) as anomaly_count,
       case when d.total_stars > 0
            then (100 * coalesce(f.anomaly_count, 0))::double precision / d.total_stars
            else 0 end as anomaly_percentage,
       f.min_anomaly_score,
       f.max_anomaly_score,
       f.score_sum::double precision / 1e9 / nullif(f.score_count, 0) as avg_anomaly_score,
       coalesce(c.cluster_count, 0) as cluster_count,
       c.min_cluster_size,
       c.max_cluster_size,
       c.clustered_stars::double precision / nullif(c.cluster_count, 0) as avg_cluster_size,
       case when d.run_type = 'cluster' and d.star_set_id is not null then d.total_stars - coalesce(c.clustered_stars, 0)
            else coalesce(c.noise_count, 0) end::bigint as noise_count,
       d.completed_at as last_updated
from public.discovery_runs d
left join flags f using (run_id)
left join clusters c using (run_id)
where d.is_complete
