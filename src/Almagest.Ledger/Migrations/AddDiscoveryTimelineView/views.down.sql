drop materialized view public.mv_discovery_timeline;
delete from public.pending_view_changes where view_name in ('mv_discovery_timeline');
delete from public.view_refreshes where view_name in ('mv_discovery_timeline');
delete from public.analytics_views where view_name in ('mv_discovery_timeline');
