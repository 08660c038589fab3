-- What is behind each view in mode incremental: rows where they are counted cheaply, and bytes.
with tables as (select relname, pg_total_relation_size(oid) as bytes from pg_class where relnamespace = 'view_summaries'::regnamespace and relkind = 'r')
select v.view_name,
       case v.view_name
         when 'mv_discovery_run_stats' then (select count(*) from view_summaries.runs)
         when 'mv_cluster_size_distribution' then (select count(*) from view_summaries.clusters)
         when 'mv_anomaly_overlap_matrix' then (select count(*) * (count(*) - 1) / 2 from view_summaries.runs where run_type = 'anomaly')
         when 'mv_discovery_timeline' then (select count(*) from public.mv_discovery_timeline)
         when 'mv_dataset_coverage' then (select count(*) from view_summaries.dataset_cells)
         when 'mv_discovery_quality' then (select count(*) from view_summaries.quality)
         when 'mv_parameter_performance' then (select count(distinct (run_type, algorithm, parameters_hash)) from view_summaries.runs)
       end,
       coalesce((select sum(t.bytes)::bigint from tables t where t.relname = any (
         case v.view_name
           when 'mv_discovery_run_stats' then '{runs}'
           when 'mv_cluster_size_distribution' then '{clusters}'
           when 'mv_star_anomaly_frequency' then '{flagged_stars,star_sets,star_set_blocks,undescribed_stars}'
           when 'mv_anomaly_overlap_matrix' then '{run_pairs,flag_blocks}'
           when 'mv_dataset_coverage' then '{dataset_cells,region_flags,star_set_cells}'
           when 'mv_discovery_quality' then '{quality}'
           when 'mv_parameter_performance' then '{runs,quality}'
           else '{}'
         end::text[])), 0)
from public.analytics_views v
