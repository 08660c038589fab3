-- A number that says whether a view's rows are still those that a reader has seen. It changes in the transaction that changes
-- the rows, whichever way the view is kept, and is read in the snapshot that reads the rows: equal number, equal rows.
alter table public.analytics_views
  add column version bigint not null default 0,
  -- The default marks a view that is made anew: its versions begin again, its time does not.
  add column changed_at timestamptz not null default date_trunc('second', clock_timestamp());

-- HTTP dates know whole seconds. Two changes within one second get two of them, so that equal times mean equal rows, too.
create function public.mark_views_changed(names text[]) returns void language sql as $$
  update public.analytics_views
  set version = version + 1, changed_at = greatest(date_trunc('second', clock_timestamp()), changed_at + interval '1 second')
  where view_name = any (names)
$$;

-- Complete runs that a view does not show yet. A function, because its plan is then made ready only where there is something to count:
-- most answers are given while nothing is pending, and pay for one look into an index.
create function public.missing_runs(name text) returns integer language sql stable as $$
  select count(*)::int
  from (select run_id from public.pending_view_changes where view_name = name
        group by run_id having bool_or(change = 'completed') and not bool_or(change = 'deleted')) missing
$$;
