drop trigger record_label_change on public.star_labels;
drop trigger record_star_change on public.stars;
drop function public.record_table_change();
alter table public.analytics_views drop column tables;
-- Notes of stars and labels concern views that are gone.
delete from public.pending_view_changes where run_id is null;
