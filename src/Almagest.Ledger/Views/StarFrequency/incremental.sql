-- Denominators come from the sets that a star belongs to, numerators from the flagged stars. Two branches, so that
-- "flagged at least once" never looks at the others; a condition on star_id reaches the indexes through the grouping.
-- The runs are listed outside of both: for a page, they are listed for the rows of the page alone.
select u.star_id, u.anomaly_count, u.total_runs, u.frequency_pct, u.mean_anomaly_score,
       case when u.anomaly_count = 0 then '{}'::uuid[]
            else array(select r.run_id from public.discovery_results r join view_summaries.runs d using (run_id)
                        where r.star_id = u.star_id and r.is_anomaly = 1 and d.run_type = 'anomaly' order by r.run_id) end as run_ids,
       u.last_updated
from (
  select f.star_id,
         f.anomaly_count,
         a.total_runs,
         (100 * f.anomaly_count)::double precision / a.total_runs as frequency_pct,
         f.score_sum::double precision / 1e9 / nullif(f.score_count, 0) as mean_anomaly_score,
         a.last_updated
  from view_summaries.flagged_stars f
  join (
    select x.star_id, sum(s.anomaly_runs)::bigint as total_runs, max(s.last_anomaly_completed) as last_updated
    from view_summaries.flagged_stars x
    join view_summaries.star_set_blocks b on b.block = x.star_id >> 10
    join view_summaries.star_sets s on s.set_id = b.set_id
    where s.anomaly_runs > 0 and get_bit(b.members, (x.star_id & 1023)::int) = 1
    group by x.star_id
  ) a on a.star_id = f.star_id
  union all
  select st.star_id,
         0::bigint,
         sum(s.anomaly_runs)::bigint,
         0::double precision,
         null::double precision,
         max(s.last_anomaly_completed)
  from (
    select star_id from public.stars
    union all
    select w.star_id from view_summaries.undescribed_stars w where not exists (select 1 from public.stars x where x.star_id = w.star_id)
  ) st
  join view_summaries.star_set_blocks b on b.block = st.star_id >> 10
  join view_summaries.star_sets s on s.set_id = b.set_id
  where s.anomaly_runs > 0
    and get_bit(b.members, (st.star_id & 1023)::int) = 1
    and not exists (select 1 from view_summaries.flagged_stars f where f.star_id = st.star_id)
  group by st.star_id
) u
