-- What the repeatable scripts of a program made, of whichever version: the schema of mode incremental, with its triggers on other tables.
drop schema if exists view_summaries cascade;
drop trigger if exists record_star_change on public.stars;
drop trigger if exists record_label_change on public.star_labels;

-- The views are gone; those of the migrations before this one are registered anew when they are made.
delete from public.pending_view_changes;
delete from public.view_refreshes
where view_name not in ('mv_discovery_run_stats', 'mv_cluster_size_distribution', 'mv_star_anomaly_frequency',
  'mv_anomaly_overlap_matrix', 'mv_discovery_timeline');
delete from public.analytics_views;
