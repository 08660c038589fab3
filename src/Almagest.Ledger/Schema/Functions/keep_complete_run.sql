-- A complete run is a record: it can be deleted, never rewritten. What it is called is not of the record. As JSON, because a ledger that
-- was rolled back has no such column.
create or replace function public.keep_complete_run() returns trigger language plpgsql as $$
begin
  if old.is_complete and new is distinct from old and to_jsonb(new) - 'name' is distinct from to_jsonb(old) - 'name' then
    raise exception 'run % is complete and cannot be changed', old.run_id
      using errcode = 'object_not_in_prerequisite_state', hint = 'Delete it, or start another run.';
  end if;
  return new;
end $$;
