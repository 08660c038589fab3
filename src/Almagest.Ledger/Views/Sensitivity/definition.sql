-- One row per two complete anomaly runs of one algorithm over one selection (the same datasets, the same filter) whose parameters differ in
-- exactly one, the random seed apart. A parameter that a stored run lacks has its default, below, from the algorithm's descriptor; without
-- one, null and left out are the same. Values are compared as jsonb, for which 0.1 and 0.10, or 1 and 1.0, are equal.
-- Runs that differ in their features, or in what becomes of stars that lack one, may have analysed other stars of their selection: flags
-- of such a pair count where both analysed the star.
with defaults (algorithm, parameters) as (
  {{defaults}}
),
runs as (
  select d.run_id,
         jsonb_build_array(d.algorithm, d.dataset_id, d.dataset_filter) as setting,
         jsonb_strip_nulls(coalesce(f.parameters, '{}') || case when jsonb_typeof(d.parameters) = 'object' then d.parameters
           else '{}' end) - 'random_state' - 'draws' as parameters
  from public.discovery_runs d
  left join defaults f using (algorithm)
  where d.is_complete and d.run_type = 'anomaly'
),
-- Rather than comparing each run with each, every run is put down once for each of its parameters, under what is left of them without it:
-- two that meet there differ in nothing else. And once whole, as '', for those that have a parameter which the other lacks.
places as (
  select r.run_id, r.setting, r.parameters - p.key as rest, p.key as parameter, p.value
  from runs r
  cross join lateral jsonb_each(r.parameters) p
  union all
  select run_id, setting, parameters, '', 'null'
  from runs
),
-- Runs of equal parameters stand together: repetitions with other seeds are not compared with each other. Each keeps its own value, which
-- may be written otherwise than an equal one.
groups as (
  select setting, rest, parameter, value, array_agg(run_id order by run_id) as runs, array_agg(value order by run_id) as stored
  from places
  group by setting, rest, parameter, value
),
pairs as (
  select a.parameter, x.run_id as run_a, y.run_id as run_b, x.value as value_a, y.value as value_b
  from groups a
  join groups b on b.setting = a.setting and b.rest = a.rest
               and (b.parameter = a.parameter and a.value < b.value or b.parameter = '' and a.parameter <> '')
  cross join unnest(a.runs, a.stored) as x (run_id, value)
  cross join unnest(b.runs, b.stored) as y (run_id, value)
),
compared as (
  select o.run_1_id, o.run_2_id, p.parameter,
         case when p.run_a = o.run_1_id then p.value_a else p.value_b end as value_1,
         case when p.run_a = o.run_1_id then p.value_b else p.value_a end as value_2,
         p.parameter in ('features', 'missing', 'min_parallax_over_error', 'distance_without_errors') as differ,
         o.run_1_count,
         o.run_2_count,
         o.overlap_count,
         o.last_updated
  from pairs p
  join public.mv_anomaly_overlap_matrix o on o.run_1_id = least(p.run_a, p.run_b) and o.run_2_id = greatest(p.run_a, p.run_b)
),
sides as (
  select run_1_id as flagging, run_2_id as analysing from compared where differ
  union
  select run_2_id, run_1_id from compared where differ
),
-- Of a run whose results are in files the set of its stars says which it analysed.
among as (
  select s.flagging, s.analysing, count(*) as flags
  from sides s
  join public.discovery_runs d on d.run_id = s.analysing and d.star_set_id is null
  join public.discovery_results f on f.run_id = s.flagging and f.is_anomaly = 1
  join public.discovery_results a on a.run_id = s.analysing and a.star_id = f.star_id
  group by s.flagging, s.analysing
  union all
  select s.flagging, s.analysing, count(*)
  from sides s
  join public.discovery_runs d on d.run_id = s.analysing and d.star_set_id is not null
  join public.discovery_results f on f.run_id = s.flagging and f.is_anomaly = 1
  join public.analysed_set_blocks b on b.set_id = d.star_set_id and b.block = f.star_id >> 10
  where get_bit(b.members, (f.star_id & 1023)::int) = 1
  group by s.flagging, s.analysing
),
counted as (
  select c.run_1_id, c.run_2_id, c.parameter, c.value_1, c.value_2,
         case when c.differ then coalesce(a.flags, 0) else c.run_1_count end as run_1_count,
         case when c.differ then coalesce(b.flags, 0) else c.run_2_count end as run_2_count,
         c.overlap_count,
         c.last_updated
  from compared c
  left join among a on a.flagging = c.run_1_id and a.analysing = c.run_2_id
  left join among b on b.flagging = c.run_2_id and b.analysing = c.run_1_id
)
select run_1_id, run_2_id, parameter, value_1, value_2, run_1_count, run_2_count, overlap_count,
       case when run_1_count + run_2_count = 0 then 0
            else overlap_count::double precision / (run_1_count + run_2_count - overlap_count) end as jaccard_similarity,
       last_updated
from counted
