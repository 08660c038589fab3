-- A set of stars goes with the last run that has it; one that is deleted and can be brought back has it still. Who has just found the set
-- for a new run holds it until that run is there: it is waited for first, and what is asked then sees the run.
create or replace function public.release_analysed_set(released bigint) returns void language plpgsql as $$
begin
  perform 1 from public.analysed_sets where set_id = released for update;
  if not found or exists (select 1 from public.discovery_runs where star_set_id = released) then return; end if;
  delete from public.analysed_sets
   where set_id = released
     and not exists (select 1 from public.deletions where kind = 'run' and (content #>> '{run,star_set_id}')::bigint = released);
end $$;
