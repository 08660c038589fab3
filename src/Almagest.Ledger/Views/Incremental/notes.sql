-- Notes of pending changes are for mode refresh: in mode incremental there is nothing to bring up to date.
drop trigger if exists record_run_change on public.discovery_runs;
create trigger record_run_change after insert or update or delete on public.discovery_runs
  for each row when (view_summaries.are_refreshed()) execute function public.record_run_change();

-- On the tables of a distributed ledger there can be no trigger: see note_written.
do $$
begin
  if exists (select 1 from public.ledger_distribution) then return; end if;
  drop trigger if exists record_star_change on public.stars;
  create trigger record_star_change after insert or update or delete or truncate on public.stars
    for each statement when (view_summaries.are_refreshed()) execute function public.record_table_change();

  drop trigger if exists record_label_change on public.star_labels;
  create trigger record_label_change after insert or update or delete or truncate on public.star_labels
    for each statement when (view_summaries.are_refreshed()) execute function public.record_table_change();
end $$;
