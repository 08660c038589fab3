insert into view_summaries.star_set_cells (set_id, dataset_id, healpix_6, stars)
select created, s.dataset_id, s.healpix_29 >> 46, count(*)
  from public.discovery_results r
  join public.stars s using (star_id)
 where r.run_id = target
 group by s.dataset_id, s.healpix_29 >> 46;
