-- The bulk tables carry no foreign keys (checking one costs more than writing the row), so these triggers
-- take the dependent rows away when a run or a dataset is deleted, by whatever program.
create or replace function public.delete_run_results() returns trigger language plpgsql as $$
begin
  if not view_summaries.is_distributed() then
    delete from public.discovery_results where run_id = old.run_id;
  -- The machines do not lose them at one moment: they are swept once nobody reads them. A deleted run that can be brought back keeps them.
  elsif not exists (select 1 from public.deletions where kind = 'run' and run_id = old.run_id) then
    insert into public.unseen_rows (kind, owner) values ('results', old.run_id::text) on conflict do nothing;
  end if;
  return old;
end $$;
