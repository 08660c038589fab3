-- One row per run is kept; a parameter set on a dataset is a group of them. Sums in fixed point, as in the definition.
with measures as (
  select r.*,
         case when r.run_type = 'anomaly' then r.anomaly_count end as anomalies,
         case when r.run_type = 'anomaly'
              then round(case when r.total_stars > 0 then (100 * r.anomaly_count)::double precision / r.total_stars
                else 0 end * 1e9)::bigint end as percentage,
         case when r.run_type = 'anomaly' then d.anomaly_runs - 1 end as others,
         case when r.run_type = 'cluster' then r.cluster_count end as clusters,
         case when r.run_type = 'cluster' then round(r.noise_count::double precision / nullif(r.total_stars,
           0) * 1e9)::bigint end as noise_fraction,
         q.run_id is not null as is_labelled,
         round(q.precision * 1e9)::bigint as precision,
         round(q.recall * 1e9)::bigint as recall,
         round(q.f1 * 1e9)::bigint as f1,
         round(q.average_precision * 1e9)::bigint as average_precision,
         round(q.adjusted_rand_index * 1e9)::bigint as adjusted_rand_index,
         round(q.purity * 1e9)::bigint as purity,
         greatest(r.completed_at, case when r.run_type = 'anomaly' then d.last_anomaly_completed end, q.last_updated) as updated
  from view_summaries.runs r
  left join (select dataset_id, count(*) as anomaly_runs, max(completed_at) as last_anomaly_completed
               from view_summaries.runs where run_type = 'anomaly' group by dataset_id) d using (dataset_id)
  left join view_summaries.quality q on q.run_id = r.run_id and q.label_set = 'truth'
)
select run_type,
       algorithm,
       parameters_hash,
       dataset_id,
       parameter_set::jsonb as parameters_json,
       count(*) as runs,
       count(*) over (partition by run_type, algorithm, parameters_hash) as datasets,
       sum(anomalies)::double precision / nullif(count(anomalies), 0) as mean_anomaly_count,
       min(anomalies) as min_anomaly_count,
       max(anomalies) as max_anomaly_count,
       sum(percentage)::double precision / 1e9 / nullif(count(percentage), 0) as mean_anomaly_percentage,
       sum(clusters)::double precision / nullif(count(clusters), 0) as mean_cluster_count,
       sum(noise_fraction)::double precision / 1e9 / nullif(count(noise_fraction), 0) as mean_noise_fraction,
       sum(similarity_sum)::double precision / 1e9 / nullif(sum(others), 0)::double precision as mean_similarity,
       count(*) filter (where is_labelled) as labelled_runs,
       sum(precision)::double precision / 1e9 / nullif(count(precision), 0) as mean_precision,
       sum(recall)::double precision / 1e9 / nullif(count(recall), 0) as mean_recall,
       sum(f1)::double precision / 1e9 / nullif(count(f1), 0) as mean_f1,
       sum(average_precision)::double precision / 1e9 / nullif(count(average_precision), 0) as mean_average_precision,
       sum(adjusted_rand_index)::double precision / 1e9 / nullif(count(adjusted_rand_index), 0) as mean_adjusted_rand_index,
       sum(purity)::double precision / 1e9 / nullif(count(purity), 0) as mean_purity,
       max(updated) as last_updated
from measures
group by run_type, algorithm, parameters_hash, parameter_set, dataset_id
