-- Where the stars are on other machines, everything here is of this one, and so of one snapshot: the members of a set are listed from its
-- bits, and the runs that flag a star from theirs. A condition on star_id looks at all blocks: frequency_of answers for one star.
select u.star_id, u.anomaly_count, u.total_runs, u.frequency_pct, u.mean_anomaly_score,
       case when u.anomaly_count = 0 then '{}'::uuid[]
            else array(select b.run_id from view_summaries.flag_blocks b
                        where b.block = u.star_id >> 10 and get_bit(b.flags, (u.star_id & 1023)::int) = 1 order by b.run_id) end as run_ids,
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
  select m.star_id,
         0::bigint,
         sum(s.anomaly_runs)::bigint,
         0::double precision,
         null::double precision,
         max(s.last_anomaly_completed)
  from view_summaries.star_set_blocks b
  join view_summaries.star_sets s on s.set_id = b.set_id
  cross join lateral generate_series(b.block << 10, (b.block << 10) + 1023) as m (star_id)
  where s.anomaly_runs > 0
    and get_bit(b.members, (m.star_id & 1023)::int) = 1
    and not exists (select 1 from view_summaries.flagged_stars f where f.star_id = m.star_id)
  group by m.star_id
) u
