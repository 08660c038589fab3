-- Complete runs that a view does not show yet. A function, because its plan is then made ready only where there is something to count:
-- most answers are given while nothing is pending, and pay for one look into an index.
-- While mode incremental is being left, changes are noted for the views to come; those of today show them.
create or replace function public.missing_runs(name text) returns integer language sql stable as $$
  select count(*)::int
  from (select run_id from public.pending_view_changes where view_name = name and (select mode from view_summaries.maintenance) = 'refresh'
        group by run_id having bool_or(change = 'completed') and not bool_or(change = 'deleted')) missing
$$;
