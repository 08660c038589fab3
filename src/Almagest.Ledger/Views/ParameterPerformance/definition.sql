-- One row per run type, algorithm, parameter set and dataset of complete runs: a mean over catalogues of different size says nothing.
-- A random seed is no parameter: runs that differ only in
-- random_state, or in how often they draw within the errors, repeat one experiment. The hash is md5 of the jsonb's text, in which
-- PostgreSQL has ordered the keys.
-- Everything is known per run or per pair already, so this view is computed from three others, and refreshed after them.
-- Every mean is a sum of whole numbers, or of whole numbers of 1e-9, over a count: exact and without order.
with runs as (
  select s.run_id,
         s.run_type,
         d.algorithm,
         (d.parameters - 'random_state' - 'draws')::text as parameters,
         d.dataset_id,
         s.anomaly_count,
         s.anomaly_percentage,
         s.cluster_count,
         s.noise_count,
         s.total_stars,
         s.last_updated as completed_at,
         count(*) over of_dataset - 1 as others,
         max(s.last_updated) over of_dataset as compared_at
  from public.mv_discovery_run_stats s
  join public.discovery_runs d using (run_id)
  window of_dataset as (partition by s.run_type, d.dataset_id)
),
-- A star belongs to one dataset, so runs that share a star share the dataset. Pairs that share nothing add nothing to the sum of
-- similarities; they count in the mean.
similarity as (
  select side.run_id, sum(round(o.jaccard_similarity * 1e9)::bigint) as similarity_sum
  from public.mv_anomaly_overlap_matrix o
  cross join lateral (values (o.run_1_id), (o.run_2_id)) as side (run_id)
  where o.overlap_count > 0
  group by side.run_id
),
-- One row per run, with what it adds to each mean of its parameter set.
measures as (
  select r.run_type,
         r.algorithm,
         r.parameters,
         r.dataset_id,
         case when r.run_type = 'anomaly' then r.anomaly_count end as anomaly_count,
         case when r.run_type = 'anomaly' then round(r.anomaly_percentage * 1e9)::bigint end as percentage,
         case when r.run_type = 'anomaly' then r.others end as others,
         coalesce(s.similarity_sum, 0) as similarity_sum,
         case when r.run_type = 'cluster' then r.cluster_count end as cluster_count,
         case when r.run_type = 'cluster' then round(r.noise_count::double precision / nullif(r.total_stars,
           0) * 1e9)::bigint end as noise_fraction,
         q.run_id is not null as is_labelled,
         round(q.precision * 1e9)::bigint as precision,
         round(q.recall * 1e9)::bigint as recall,
         round(q.f1 * 1e9)::bigint as f1,
         round(q.average_precision * 1e9)::bigint as average_precision,
         round(q.adjusted_rand_index * 1e9)::bigint as adjusted_rand_index,
         round(q.purity * 1e9)::bigint as purity,
         greatest(r.completed_at, case when r.run_type = 'anomaly' then r.compared_at end, q.last_updated) as last_updated
  from runs r
  left join similarity s using (run_id)
  left join public.mv_discovery_quality q on q.run_id = r.run_id and q.label_set = 'truth'
)
select run_type,
       algorithm,
       md5(parameters) as parameters_hash,
       dataset_id,
       parameters::jsonb as parameters_json,
       count(*) as runs,
       count(*) over (partition by run_type, algorithm, parameters) as datasets,
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
group by run_type, algorithm, parameters, dataset_id
