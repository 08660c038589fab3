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
    raise exception 'the views are kept incrementally, which needs transactions at READ COMMITTED, not %', current_setting('transaction_isolation')
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
      perform view_summaries.apply_run(run.run_id);
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

-- Counts the stars of one dataset per cell, unless that is done.
create function view_summaries.count_dataset(dataset bigint) returns void language plpgsql as $$
begin
  insert into view_summaries.counted_datasets values (dataset) on conflict do nothing;
  if not found then return; end if;
  insert into view_summaries.dataset_cells (dataset_id, healpix_6, stars)
  select dataset, healpix_29 >> 46, count(*) from public.stars where dataset_id = dataset group by healpix_29 >> 46;
end $$;

create function view_summaries.follow_new_stars() returns trigger language plpgsql as $$
declare
  dataset bigint;
begin
  if not view_summaries.are_kept() then return null; end if;
  perform view_summaries.lock_for_change();
  insert into view_summaries.dataset_cells as c (dataset_id, healpix_6, stars)
  select n.dataset_id, n.healpix_29 >> 46, count(*)
    from changed n join view_summaries.counted_datasets using (dataset_id)
   group by 1, 2
  on conflict (dataset_id, healpix_6) do update set stars = c.stars + excluded.stars;
  for dataset in select distinct dataset_id from changed n where not exists (select from view_summaries.counted_datasets d where d.dataset_id = n.dataset_id) loop
    perform view_summaries.count_dataset(dataset);
  end loop;
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;

create function view_summaries.follow_lost_stars() returns trigger language plpgsql as $$
begin
  if not view_summaries.are_kept() then return null; end if;
  perform view_summaries.lock_for_change();
  update view_summaries.dataset_cells c
     set stars = c.stars - n.stars
    from (select dataset_id, healpix_29 >> 46 as healpix_6, count(*) as stars from changed group by 1, 2) n
   where c.dataset_id = n.dataset_id and c.healpix_6 = n.healpix_6;
  delete from view_summaries.dataset_cells c using (select distinct dataset_id from changed) n where c.dataset_id = n.dataset_id and c.stars = 0;
  delete from view_summaries.region_flags f
   using (select distinct dataset_id from changed) n
   where f.dataset_id = n.dataset_id
     and not exists (select from view_summaries.dataset_cells c where c.dataset_id = f.dataset_id and c.healpix_6 >> 6 = f.healpix_3);
  delete from view_summaries.counted_datasets d using (select distinct dataset_id from changed) n
   where d.dataset_id = n.dataset_id and not exists (select from view_summaries.dataset_cells c where c.dataset_id = d.dataset_id);
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;

create function view_summaries.lock_for_labels() returns trigger language plpgsql as $$
begin
  if view_summaries.are_kept() then perform view_summaries.lock_for_change(); end if;
  return null;
end $$;

-- Judges the runs anew that analysed a star whose label changed.
create function view_summaries.follow_labels() returns trigger language plpgsql as $$
declare
  affected uuid;
begin
  if not view_summaries.are_kept() then return null; end if;
  for affected in
    select r.run_id
      from view_summaries.runs r
     where r.set_id in (select b.set_id from changed c
                          join view_summaries.star_set_blocks b on b.block = c.star_id >> 10 and get_bit(b.members, (c.star_id & 1023)::int) = 1)
  loop
    delete from view_summaries.quality where run_id = affected;
    insert into view_summaries.quality select * from view_summaries.quality_of(affected);
  end loop;
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;
