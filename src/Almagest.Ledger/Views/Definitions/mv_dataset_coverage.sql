-- One row per dataset and HEALPix cell (nested, order 6) that holds stars of the dataset, never analysed cells included.
-- A nested index of order 29 begins with that of order 6: two bits an order, 46 in all, are cut off.
-- Runs of both kinds analyse; only anomaly runs flag. Which runs visited a cell is a set of bits: the runs are numbered, each is one
-- bit of a 32-bit word, and the union of the bits counts the runs. A list of (run, cell) does the same, and is as long as the
-- results where an all-sky catalogue has a star or two in a cell.
with runs as not materialized (
  select run_id, completed_at
  from public.discovery_runs
  where is_complete
),
-- Numbered by an array's positions: a window function would forbid a parallel plan for all that follows.
numbered as not materialized (
  select n.run_id, n.completed_at, n.number / 32 as word, 1::bigint << (n.number % 32)::integer as bit
  from (select array_agg(run_id order by run_id) as ids, array_agg(completed_at order by run_id) as times from runs) lists
  cross join lateral unnest(lists.ids, lists.times) with ordinality as n (run_id, completed_at, number)
),
words as (
  select s.dataset_id,
         s.healpix_29 >> 46 as healpix_6,
         bit_count(bit_or(n.bit)::bit(64)) as runs,
         count(*) as star_analyses,
         sum(r.is_anomaly) as flags,
         max(n.completed_at) as last_analysed_at
  from public.discovery_results r
  join numbered n using (run_id)
  join public.stars s using (star_id)
  group by s.dataset_id, s.healpix_29 >> 46, n.word
),
analysed as (
  select dataset_id,
         healpix_6,
         sum(runs)::bigint as runs,
         sum(star_analyses)::bigint as star_analyses,
         sum(flags)::bigint as flags,
         max(last_analysed_at) as last_analysed_at
  from words
  group by dataset_id, healpix_6
),
cells as (
  select dataset_id, healpix_29 >> 46 as healpix_6, count(*) as stars
  from public.stars
  group by dataset_id, healpix_29 >> 46
)
select c.dataset_id,
       c.healpix_6,
       c.stars,
       coalesce(a.runs, 0) as runs,
       coalesce(a.star_analyses, 0) as star_analyses,
       coalesce(a.flags, 0) as flags,
       a.last_analysed_at,
       greatest(d.created_at, a.last_analysed_at) as last_updated
from cells c
join public.datasets d using (dataset_id)
left join analysed a using (dataset_id, healpix_6)
