-- A set of stars is analysed as a whole: what its runs add to a cell is the set's stars there times its number of runs.
select c.dataset_id,
       c.healpix_6,
       c.stars,
       coalesce(a.runs, 0) as runs,
       coalesce(a.star_analyses, 0) as star_analyses,
       c.flags,
       a.last_analysed_at,
       greatest(d.created_at, a.last_analysed_at) as last_updated
from view_summaries.dataset_cells c
join public.datasets d using (dataset_id)
left join (
  select x.dataset_id,
         x.healpix_6,
         sum(s.runs)::bigint as runs,
         sum(s.runs * x.stars)::bigint as star_analyses,
         max(s.last_completed) as last_analysed_at
  from view_summaries.star_set_cells x
  join view_summaries.star_sets s using (set_id)
  group by x.dataset_id, x.healpix_6
) a using (dataset_id, healpix_6)
