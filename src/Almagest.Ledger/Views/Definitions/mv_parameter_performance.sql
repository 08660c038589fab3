-- One row per run type, algorithm and parameter set of complete runs. A random seed is no parameter: runs that differ only in
-- random_state repeat one experiment. The hash is md5 of the jsonb's text, in which PostgreSQL has ordered the keys.
-- Every mean is a sum of whole numbers, or of whole numbers of 1e-9, over a count: exact and without order.
with runs as not materialized (
  select run_id,
         run_type,
         algorithm,
         (parameters - 'random_state')::text as parameters,
         dataset_id,
         total_stars,
         completed_at
  from public.discovery_runs
  where is_complete
),
flags as (
  select r.star_id, r.run_id
  from public.discovery_results r
  join runs d using (run_id)
  where d.run_type = 'anomaly' and r.is_anomaly = 1
),
anomalies as (
  select d.run_id,
         count(f.star_id) as anomaly_count,
         count(*) over of_dataset - 1 as others,
         max(d.completed_at) over of_dataset as compared_at
  from runs d
  left join flags f using (run_id)
  where d.run_type = 'anomaly'
  group by d.run_id, d.dataset_id, d.completed_at
  window of_dataset as (partition by d.dataset_id)
),
-- A star belongs to one dataset, so runs that share a star share the dataset. Pairs that share nothing add nothing to the sum of
-- similarities, and need not be found; they count in the mean.
shared as (
  select a.run_id as run_1_id, b.run_id as run_2_id, count(*) as overlap_count
  from flags a
  join flags b on b.star_id = a.star_id and a.run_id < b.run_id
  group by a.run_id, b.run_id
),
similarity as (
  select side.run_id,
         sum(round(s.overlap_count::double precision / (a.anomaly_count + b.anomaly_count - s.overlap_count) * 1e9)::bigint) as similarity_sum
  from shared s
  join anomalies a on a.run_id = s.run_1_id
  join anomalies b on b.run_id = s.run_2_id
  cross join lateral (values (s.run_1_id), (s.run_2_id)) as side (run_id)
  group by side.run_id
),
clusters as (
  select run_id,
         count(*) filter (where cluster_id >= 0) as cluster_count,
         coalesce(sum(stars) filter (where cluster_id = -1), 0) as noise_count
  from (
    select r.run_id, r.cluster_id, count(*) as stars
    from public.discovery_results r
    join runs d using (run_id)
    where d.run_type = 'cluster'
    group by r.run_id, r.cluster_id
  ) sizes
  group by run_id
),
-- @include parts/run_quality.sql
,
-- One row per run, with what it adds to each mean of its parameter set.
measures as (
  select d.run_type,
         d.algorithm,
         d.parameters,
         d.dataset_id,
         a.anomaly_count,
         round((100 * a.anomaly_count)::double precision / greatest(d.total_stars, 1) * 1e9)::bigint as percentage,
         a.others,
         coalesce(s.similarity_sum, 0) as similarity_sum,
         case when d.run_type = 'cluster' then coalesce(c.cluster_count, 0) end as cluster_count,
         case when d.run_type = 'cluster'
              then round(coalesce(c.noise_count, 0)::double precision / nullif(d.total_stars, 0) * 1e9)::bigint end as noise_fraction,
         q.run_id is not null as is_labelled,
         round(q.precision * 1e9)::bigint as precision,
         round(q.recall * 1e9)::bigint as recall,
         round(q.f1 * 1e9)::bigint as f1,
         round(q.average_precision * 1e9)::bigint as average_precision,
         round(q.adjusted_rand_index * 1e9)::bigint as adjusted_rand_index,
         round(q.purity * 1e9)::bigint as purity,
         greatest(d.completed_at, a.compared_at, q.last_updated) as last_updated
  from runs d
  left join anomalies a using (run_id)
  left join similarity s using (run_id)
  left join clusters c using (run_id)
  left join quality q on q.run_id = d.run_id and q.label_set = 'truth'
)
select run_type,
       algorithm,
       md5(parameters) as parameters_hash,
       parameters::jsonb as parameters_json,
       count(*) as runs,
       count(distinct dataset_id) as datasets,
       sum(anomaly_count)::double precision / nullif(count(anomaly_count), 0) as mean_anomaly_count,
       min(anomaly_count) as min_anomaly_count,
       max(anomaly_count) as max_anomaly_count,
       sum(percentage)::double precision / 1e9 / nullif(count(percentage), 0) as mean_anomaly_percentage,
       sum(cluster_count)::double precision / nullif(count(cluster_count), 0) as mean_cluster_count,
       sum(noise_fraction)::double precision / 1e9 / nullif(count(noise_fraction), 0) as mean_noise_fraction,
       sum(similarity_sum)::double precision / 1e9 / nullif(sum(others), 0)::double precision as mean_similarity,
       count(*) filter (where is_labelled) as labelled_runs,
       sum(precision)::double precision / 1e9 / nullif(count(precision), 0) as mean_precision,
       sum(recall)::double precision / 1e9 / nullif(count(recall), 0) as mean_recall,
       sum(f1)::double precision / 1e9 / nullif(count(f1), 0) as mean_f1,
       sum(average_precision)::double precision / 1e9 / nullif(count(average_precision), 0) as mean_average_precision,
       sum(adjusted_rand_index)::double precision / 1e9 / nullif(count(adjusted_rand_index), 0) as mean_adjusted_rand_index,
       sum(purity)::double precision / 1e9 / nullif(count(purity), 0) as mean_purity,
       max(last_updated) as last_updated
from measures
group by run_type, algorithm, parameters
