-- The bulk tables carry no foreign keys (checking one costs more than writing the row), so these triggers
-- take the dependent rows away when a run or a dataset is deleted, by whatever program.
create or replace function public.delete_run_results() returns trigger language plpgsql as $$
begin
  delete from public.discovery_results where run_id = old.run_id;
  return old;
end $$;
