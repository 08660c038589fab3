-- The bulk tables carry no foreign keys (checking one costs more than writing the row), so these triggers
-- take the dependent rows away when a run or a dataset is deleted, by whatever program.
create or replace function public.delete_run_results() returns trigger language plpgsql as $$
begin
  delete from public.discovery_results where run_id = old.run_id;
  return old;
end $$;

create or replace trigger delete_run_results before delete on public.discovery_runs
  for each row execute function public.delete_run_results();

create or replace function public.delete_dataset_stars() returns trigger language plpgsql as $$
begin
  delete from public.discovery_runs where dataset_id = old.dataset_id;
  delete from public.star_labels l using public.stars s where s.dataset_id = old.dataset_id and l.star_id = s.star_id;
  delete from public.stars where dataset_id = old.dataset_id;
  return old;
end $$;

create or replace trigger delete_dataset_stars before delete on public.datasets
  for each row execute function public.delete_dataset_stars();
