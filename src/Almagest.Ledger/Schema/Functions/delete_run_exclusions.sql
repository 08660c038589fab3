-- Exclusions carry no foreign key: a cascade would take them away before the views have counted them out. Triggers of one event fire in
-- the order of their names, and this one's comes after count_out_deleted_run.
create or replace function public.delete_run_exclusions() returns trigger language plpgsql as $$
begin
  delete from public.discovery_exclusions where run_id = old.run_id;
  return null;
end $$;
