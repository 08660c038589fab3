-- HTTP dates know whole seconds. Two changes within one second get two of them, so that equal times mean equal rows, too.
create or replace function public.mark_views_changed(names text[]) returns void language sql as $$
  update public.analytics_views
  set version = version + 1, changed_at = greatest(date_trunc('second', clock_timestamp()), changed_at + interval '1 second')
  where view_name = any (names)
$$;
