-- One row per dataset and HEALPix cell (nested, order 6) that holds stars of the dataset, never analysed cells included.
-- A nested index of order 29 begins with that of order 6: two bits an order, 46 in all, are cut off.
-- Runs of both kinds analyse; only anomaly runs flag. Runs of one selection analysed the same stars, so each set of stars is
-- spread over the sky once, by one of its runs, and counts as often as it has runs: recognised by its size and two order-free
-- sums over its ids, of 64 bits, which costs one scan of the results where cells of every result cost a sort.
-- Stars that a run selected and could not analyse have no result: they were counted by cell when it completed.
-- Of a dataset that is read where it lies, the table of stars has the flagged and clustered ones: all were counted when it was
-- registered, and those that a run analysed whose results are in files when it completed.
with runs as not materialized (
  select run_id, completed_at, star_set_id
  from public.discovery_runs
  where is_complete
),
-- Runs that are not complete have no results that others see: they are left out afterwards, not row by row.
analyses as (
  select run_id,
         count(*) as stars,
         bit_xor(hashint8extended(star_id, 1)) as hash_1,
         bit_xor(star_id) as hash_2
  from public.discovery_results
  group by run_id
),
sets as materialized (
  select (array_agg(a.run_id order by a.run_id))[1] as example, count(*) as runs, max(d.completed_at) as last_analysed_at
  from analyses a
  join runs d using (run_id)
  where d.star_set_id is null
  group by a.stars, a.hash_1, a.hash_2
),
-- As an array of examples, which finds few of many runs by the index: the planner cannot know how many sets there are.
visits as (
  select r.run_id as example, s.dataset_id, s.healpix_29 >> 46 as healpix_6, count(*) as stars
  from public.discovery_results r
  join public.stars s using (star_id)
  where r.run_id = any (array(select example from sets))
  group by r.run_id, s.dataset_id, s.healpix_29 >> 46
),
analysed as (
  select v.dataset_id,
         v.healpix_6,
         sum(v.runs)::bigint as runs,
         sum(v.runs * v.stars)::bigint as star_analyses,
         max(v.last_analysed_at) as last_analysed_at
  from (
    select v.dataset_id, v.healpix_6, v.stars, t.runs, t.last_analysed_at
    from visits v
    join sets t using (example)
    union all
    select c.dataset_id, c.healpix_6, c.stars, t.runs, t.last_analysed_at
    from (select star_set_id as set_id, count(*) as runs, max(completed_at) as last_analysed_at
          from runs where star_set_id is not null group by star_set_id) t
    join public.analysed_set_cells c using (set_id)
  ) v
  group by v.dataset_id, v.healpix_6
),
flagged as (
  select s.dataset_id, s.healpix_29 >> 46 as healpix_6, count(*) as flags
  from public.discovery_results r
  join runs using (run_id)
  join public.stars s using (star_id)
  where r.is_anomaly = 1
  group by s.dataset_id, s.healpix_29 >> 46
),
left_out as (
  select e.dataset_id, e.healpix_6, sum(e.stars)::bigint as excluded
  from public.discovery_exclusions e
  join runs using (run_id)
  group by e.dataset_id, e.healpix_6
),
cells as (
  select c.dataset_id, c.healpix_6, c.stars
  from (select dataset_id, healpix_29 >> 46 as healpix_6, count(*) as stars
        from public.stars
        group by dataset_id, healpix_29 >> 46) c
  where c.dataset_id not in (select dataset_id from public.datasets where in_place is not null)
  union all
  select dataset_id, healpix_6, stars
  from public.in_place_cells
)
select c.dataset_id,
       c.healpix_6,
       c.stars,
       coalesce(a.runs, 0) as runs,
       coalesce(a.star_analyses, 0) as star_analyses,
       coalesce(e.excluded, 0) as excluded,
       coalesce(f.flags, 0) as flags,
       a.last_analysed_at,
       greatest(d.created_at, a.last_analysed_at) as last_updated
from cells c
join public.datasets d using (dataset_id)
left join analysed a using (dataset_id, healpix_6)
left join left_out e using (dataset_id, healpix_6)
left join flagged f using (dataset_id, healpix_6)
