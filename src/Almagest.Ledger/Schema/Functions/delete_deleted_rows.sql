-- What could be brought back goes with its deletion.
create or replace function public.delete_deleted_rows() returns trigger language plpgsql as $$
begin
  if old.kind = 'run' then
    if view_summaries.is_distributed() then
      -- Its results have stayed where they were. Brought back, the run has them again.
      insert into public.unseen_rows (kind, owner)
      select 'results', old.run_id::text where not exists (select 1 from public.discovery_runs where run_id = old.run_id)
      on conflict do nothing;
    else
      delete from public.deleted_results where run_id = old.run_id;
    end if;
    delete from public.deleted_exclusions where run_id = old.run_id;
  end if;
  return null;
end $$;
