-- A complete run is a record: it can be deleted, never rewritten.
create or replace function public.keep_complete_run() returns trigger language plpgsql as $$
begin
  if old.is_complete and new is distinct from old then
    raise exception 'run % is complete and cannot be changed', old.run_id
      using errcode = 'object_not_in_prerequisite_state', hint = 'Delete it, or start another run.';
  end if;
  return new;
end $$;
