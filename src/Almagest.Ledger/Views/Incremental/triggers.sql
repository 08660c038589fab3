-- Mode lock: shared by every transaction that maintains, exclusive for a conversion, which so waits for changes under way
-- and is seen by the next. Apply lock: one transaction at a time changes the summaries. Order of locks, everywhere:
-- run rows, mode, apply, labels, stars.
create function view_summaries.current_mode() returns view_summaries.maintenance language plpgsql as $$
declare
  found view_summaries.maintenance;
begin
  perform pg_advisory_xact_lock_shared(4714263089298826611);
  select * into found from view_summaries.maintenance;
  -- An older snapshot would not see the completion that it waited for.
  if (found.mode, found.state) <> ('refresh', 'steady') and current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the views are kept incrementally, which needs transactions at READ COMMITTED, not %',
      current_setting('transaction_isolation')
      using errcode = 'object_not_in_prerequisite_state', hint = 'Use READ COMMITTED, or convert the views to mode refresh.';
  end if;
  return found;
end $$;

create function view_summaries.are_kept() returns boolean language sql as $$
  select (m.mode, m.state) <> ('refresh', 'steady') from view_summaries.current_mode() m
$$;

create function view_summaries.lock_for_change() returns void language sql as $$
  select pg_advisory_xact_lock(4714263037776784505)
$$;

-- Whether changes are to be noted for the next refresh. While leaving mode incremental they are applied and noted.
create function view_summaries.are_refreshed() returns boolean language sql as $$
  select (m.mode, m.state) <> ('incremental', 'steady') from view_summaries.current_mode() m
$$;

create function view_summaries.follow_run() returns trigger language plpgsql as $$
declare
  run public.discovery_runs := case when tg_op = 'DELETE' then old else new end;
begin
  if not view_summaries.are_kept() then return null; end if;
  if run.is_complete then
    perform view_summaries.lock_for_change();
    if tg_op = 'DELETE' then
      perform view_summaries.undo_run(run.run_id);
    else
      begin
        perform view_summaries.apply_run(run.run_id);
      exception when others then
        -- Summaries that are only being built are read by nobody: what goes wrong there must not cost the run. The conversion, which goes
        -- on over whatever is not counted yet, meets the error itself.
        if (select state from view_summaries.maintenance) <> 'building' then raise; end if;
      end;
    end if;
  end if;
  perform public.mark_views_changed(array(
    select v.view_name from public.analytics_views v where run.run_type = any (v.run_types) and (v.every_change or run.is_complete)));
  return null;
end $$;

-- The names sort before delete_run_results: a run is taken out while its results are still there.
create trigger count_completed_run after update on public.discovery_runs
  for each row when (new.is_complete and not old.is_complete) execute function view_summaries.follow_run();
create trigger count_inserted_run after insert on public.discovery_runs
  for each row execute function view_summaries.follow_run();
create trigger count_out_deleted_run after delete on public.discovery_runs
  for each row execute function view_summaries.follow_run();

-- After instead of before: all runs of one statement are locked before the first takes the apply lock.
drop trigger if exists delete_run_results on public.discovery_runs;
create trigger delete_run_results after delete on public.discovery_runs
  for each row execute function public.delete_run_results();

-- Marks the views that a change of a table besides the runs touches.
create function view_summaries.mark_table_changed(name text) returns void language sql as $$
  select public.mark_views_changed(array(select v.view_name from public.analytics_views v where name = any (v.tables)))
$$;
