create or replace function public.delete_dataset_stars() returns trigger language plpgsql as $$
begin
  delete from public.discovery_runs where dataset_id = old.dataset_id;
  delete from public.star_labels l using public.stars s where s.dataset_id = old.dataset_id and l.star_id = s.star_id;
  delete from public.stars where dataset_id = old.dataset_id;
  -- In a ledger that was rolled back, the table is not there.
  if to_regclass('public.in_place_cells') is not null then
    delete from public.in_place_cells where dataset_id = old.dataset_id;
    if found then perform view_summaries.after_cells(old.dataset_id); end if;
  end if;
  -- What was deleted before it goes with it, unless the dataset itself is kept for a day.
  if to_regclass('public.deletions') is not null then
    delete from public.deletions d
     where d.dataset_id = old.dataset_id
       and not exists (select 1 from public.deletions k where k.kind = 'dataset' and k.dataset_id = old.dataset_id);
  end if;
  perform view_summaries.after_stars(old.dataset_id);
  return old;
end $$;
