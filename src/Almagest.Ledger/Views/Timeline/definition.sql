-- One row per week (from Monday) or month, UTC, and run type. Every run counts in total_runs, only complete ones elsewhere.
-- Nothing here depends on the present moment: a view that says "the last 30 days" is wrong tomorrow.
select date_trunc(p.period_type, d.created_at at time zone 'UTC')::date as period_start,
       p.period_type,
       d.run_type,
       count(*) as total_runs,
       count(*) filter (where d.is_complete) as completed_runs,
       (count(*) filter (where d.is_complete))::double precision / count(*) as completion_rate,
       coalesce(sum(d.total_stars) filter (where d.is_complete), 0)::bigint as total_stars_analyzed,
       max(greatest(d.created_at, case when d.is_complete then d.completed_at end)) as last_updated
from public.discovery_runs d
cross join (values ('week'), ('month')) as p (period_type)
group by 1, p.period_type, d.run_type
