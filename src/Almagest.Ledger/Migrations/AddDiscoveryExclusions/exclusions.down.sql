drop trigger delete_run_exclusions on public.discovery_runs;
drop function public.delete_run_exclusions();

-- What is counted in mode incremental follows from the table that goes.
do $$
begin
  if to_regclass('view_summaries.cell_exclusions') is not null then
    truncate view_summaries.cell_exclusions;
  end if;
end $$;
