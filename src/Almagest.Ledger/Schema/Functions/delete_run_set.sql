-- The set of stars of a run whose results are in files. Triggers of one event fire in the order of their names, and this one's comes after
-- count_out_deleted_run.
create or replace function public.delete_run_set() returns trigger language plpgsql as $$
begin
  perform public.release_analysed_set(old.star_set_id);
  return null;
end $$;
