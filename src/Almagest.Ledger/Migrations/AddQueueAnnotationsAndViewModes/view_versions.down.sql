drop function public.missing_runs(text);
drop function public.mark_views_changed(text[]);
alter table public.analytics_views drop column version, drop column changed_at;
