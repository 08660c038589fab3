drop trigger delete_run_results on public.discovery_runs;
create trigger delete_run_results before delete on public.discovery_runs
  for each row execute function public.delete_run_results();
drop trigger count_completed_run on public.discovery_runs;
drop trigger count_inserted_run on public.discovery_runs;
drop trigger count_out_deleted_run on public.discovery_runs;
drop schema view_summaries cascade;
