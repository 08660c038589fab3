-- Stars and labels touch views, too: loading, deleting or relabelling leaves a note like that of a run. Once a statement, whatever its
-- number of rows, so that a bulk load pays nothing.
alter table public.analytics_views add column tables text[] not null default '{}';

create function public.record_table_change() returns trigger language plpgsql as $$
begin
  insert into public.pending_view_changes (view_name, change)
  select v.view_name, tg_table_name
  from public.analytics_views v
  where tg_table_name = any (v.tables);
  if found then
    perform pg_notify('almagest_view_changes', '');
  end if;
  return null;
end $$;

create trigger record_star_change after insert or update or delete or truncate on public.stars
  for each statement execute function public.record_table_change();

create trigger record_label_change after insert or update or delete or truncate on public.star_labels
  for each statement execute function public.record_table_change();
