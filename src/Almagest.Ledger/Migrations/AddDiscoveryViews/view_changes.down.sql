drop trigger keep_complete_run on public.discovery_runs;
drop function public.keep_complete_run();
drop trigger record_run_change on public.discovery_runs;
drop function public.record_run_change();
drop table public.analytics_views;
