-- Runs whose results are in files would be runs over their flagged stars without what says so, and the stars that are kept for them would
-- be all that their datasets have.
delete from public.deletions where kind = 'run' and content #>> '{run,star_set_id}' is not null;
delete from public.discovery_runs where star_set_id is not null;
do $$
begin
  if exists (select 1 from public.datasets where in_place is not null) then
    delete from public.star_labels l using public.stars s, public.datasets d
     where d.in_place is not null and s.dataset_id = d.dataset_id and l.star_id = s.star_id;
    delete from public.stars s using public.datasets d where d.in_place is not null and s.dataset_id = d.dataset_id;
  end if;
  delete from public.deleted_labels l using public.deleted_stars s, public.deletions d
   where d.kind = 'dataset' and d.content #>> '{dataset,in_place}' is not null and s.dataset_id = d.dataset_id and l.star_id = s.star_id;
  delete from public.deleted_stars s using public.deletions d
   where d.kind = 'dataset' and d.content #>> '{dataset,in_place}' is not null and s.dataset_id = d.dataset_id;
  -- What is counted in mode incremental follows from the table that goes.
  if to_regclass('view_summaries.dataset_cells') is not null then
    delete from view_summaries.dataset_cells c using public.datasets d where d.in_place is not null and c.dataset_id = d.dataset_id;
  end if;
end $$;

drop trigger delete_run_set on public.discovery_runs;
drop function public.delete_run_set();
drop function public.release_analysed_set(bigint);
drop table public.in_place_cells;
drop table public.analysed_set_cells;
drop table public.analysed_set_blocks;
drop table public.analysed_sets;
