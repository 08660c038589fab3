drop function public.record_table_change();
alter table public.analytics_views drop column tables;
