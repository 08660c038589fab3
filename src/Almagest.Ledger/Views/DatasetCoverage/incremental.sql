-- A set of stars is analysed as a whole: what its runs add to a cell is the set's stars there times its number of runs.
select c.dataset_id,
       c.healpix_6,
       c.stars,
       coalesce(a.runs, 0) as runs,
       coalesce(a.star_analyses, 0) as star_analyses,
       coalesce(e.excluded, 0) as excluded,
       coalesce(f.flags[(c.healpix_6 & 63) + 1], 0) as flags,
       a.last_analysed_at,
       greatest(d.created_at, a.last_analysed_at) as last_updated
from view_summaries.dataset_cells c
join public.datasets d using (dataset_id)
left join view_summaries.region_flags f on f.dataset_id = c.dataset_id and f.healpix_3 = c.healpix_6 >> 6
left join view_summaries.cell_exclusions e on e.dataset_id = c.dataset_id and e.healpix_6 = c.healpix_6
left join (
  select x.dataset_id,
         x.healpix_6,
         sum(s.runs)::bigint as runs,
         sum(s.runs * x.stars)::bigint as star_analyses,
         max(s.last_completed) as last_analysed_at
  from view_summaries.star_set_cells x
  join view_summaries.star_sets s using (set_id)
  group by x.dataset_id, x.healpix_6
) a on a.dataset_id = c.dataset_id and a.healpix_6 = c.healpix_6
