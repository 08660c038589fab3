drop materialized view public.mv_star_anomaly_frequency;
drop materialized view public.mv_cluster_size_distribution;
drop materialized view public.mv_discovery_run_stats;
delete from public.pending_view_changes
where view_name in ('mv_discovery_run_stats', 'mv_cluster_size_distribution', 'mv_star_anomaly_frequency');
delete from public.view_refreshes
where view_name in ('mv_discovery_run_stats', 'mv_cluster_size_distribution', 'mv_star_anomaly_frequency');
delete from public.analytics_views
where view_name in ('mv_discovery_run_stats', 'mv_cluster_size_distribution', 'mv_star_anomaly_frequency');
