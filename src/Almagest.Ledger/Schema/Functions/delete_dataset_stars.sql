create or replace function public.delete_dataset_stars() returns trigger language plpgsql as $$
begin
  delete from public.discovery_runs where dataset_id = old.dataset_id;
  delete from public.star_labels l using public.stars s where s.dataset_id = old.dataset_id and l.star_id = s.star_id;
  delete from public.stars where dataset_id = old.dataset_id;
  perform view_summaries.after_stars(old.dataset_id);
  return old;
end $$;
