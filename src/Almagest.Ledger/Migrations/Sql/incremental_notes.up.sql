-- While mode incremental is being left, changes are noted for the views to come; those of today show them.
create or replace function public.missing_runs(name text) returns integer language sql stable as $$
  select count(*)::int
  from (select run_id from public.pending_view_changes where view_name = name and (select mode from view_summaries.maintenance) = 'refresh'
        group by run_id having bool_or(change = 'completed') and not bool_or(change = 'deleted')) missing
$$;

-- Notes of pending changes are for mode refresh: in mode incremental there is nothing to bring up to date.
drop trigger record_run_change on public.discovery_runs;
create trigger record_run_change after insert or update or delete on public.discovery_runs
  for each row when (view_summaries.are_refreshed()) execute function public.record_run_change();

drop trigger record_star_change on public.stars;
create trigger record_star_change after insert or update or delete or truncate on public.stars
  for each statement when (view_summaries.are_refreshed()) execute function public.record_table_change();

drop trigger record_label_change on public.star_labels;
create trigger record_label_change after insert or update or delete or truncate on public.star_labels
  for each statement when (view_summaries.are_refreshed()) execute function public.record_table_change();
