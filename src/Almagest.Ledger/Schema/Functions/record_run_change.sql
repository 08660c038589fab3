-- Notes, in the transaction of the change itself, each view that no longer shows the ledger as it is. A refresh deletes
-- the notes that its own snapshot could see, so a view without notes is up to date, exactly, whatever crashed in between.
create or replace function public.record_run_change() returns trigger language plpgsql as $$
declare
  run public.discovery_runs;
  what text;
begin
  if tg_op = 'DELETE' then
    run := old;
    what := 'deleted';
  elsif tg_op = 'INSERT' then
    run := new;
    what := case when new.is_complete then 'completed' else 'created' end;
  elsif new.is_complete and not old.is_complete then
    run := new;
    what := 'completed';
  else
    return null;
  end if;
  insert into public.pending_view_changes (view_name, run_id, change)
  select v.view_name, run.run_id, what
  from public.analytics_views v
  where run.run_type = any (v.run_types) and (v.every_change or run.is_complete);
  if found then
    -- Equal notifications of one transaction are delivered once.
    perform pg_notify('almagest_view_changes', '');
  end if;
  return null;
end $$;
