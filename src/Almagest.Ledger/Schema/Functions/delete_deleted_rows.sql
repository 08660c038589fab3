-- What could be brought back goes with its deletion.
create or replace function public.delete_deleted_rows() returns trigger language plpgsql
-- The tables of what is kept were empty when their statistics were made: each label would be looked for among all stars.
set enable_nestloop = off as $$
begin
  if old.kind = 'run' then
    if view_summaries.is_distributed() then
      -- Its results have stayed where they were. Brought back, the run has them again.
      insert into public.unseen_rows (kind, owner)
      select 'results', old.run_id::text where not exists (select 1 from public.discovery_runs where run_id = old.run_id)
      on conflict do nothing;
    end if;
    delete from public.deleted_results where run_id = old.run_id;
    delete from public.deleted_exclusions where run_id = old.run_id;
    if old.content #>> '{run,star_set_id}' is not null then
      perform public.release_analysed_set((old.content #>> '{run,star_set_id}')::bigint);
    end if;
  elsif old.kind = 'match' then
    delete from public.deleted_links where match_id = (old.content ->> 'match_id')::bigint;
  elsif old.kind = 'dataset' then
    delete from public.deleted_labels l using public.deleted_stars s where s.dataset_id = old.dataset_id and l.star_id = s.star_id;
    delete from public.deleted_stars where dataset_id = old.dataset_id;
    -- What was deleted before it cannot come back without it, unless the dataset itself is back.
    delete from public.deletions d
     where (d.dataset_id = old.dataset_id
         or d.content #> '{run,dataset_filter}' @> jsonb_build_object('also_datasets', jsonb_build_array(old.dataset_id)))
       and not exists (select 1 from public.datasets s where s.dataset_id = old.dataset_id);
  end if;
  return null;
end $$;
