select run_id, run_type, created_at, total_stars,
       parameters as parameters_json,
       anomaly_count,
       case when total_stars > 0 then (100 * anomaly_count)::double precision / total_stars else 0 end as anomaly_percentage,
       min_anomaly_score, max_anomaly_score,
       score_sum::double precision / 1e9 / nullif(score_count, 0) as avg_anomaly_score,
       cluster_count, min_cluster_size, max_cluster_size,
       clustered_stars::double precision / nullif(cluster_count, 0) as avg_cluster_size,
       noise_count,
       completed_at as last_updated
from view_summaries.runs
