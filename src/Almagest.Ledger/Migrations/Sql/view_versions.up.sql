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
