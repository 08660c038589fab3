if kept_set is null then
  insert into view_summaries.star_set_cells (set_id, dataset_id, healpix_6, stars)
  select created, s.dataset_id, s.healpix_29 >> 46, count(*)
    from public.discovery_results r
    join public.stars s using (star_id)
   where r.run_id = target
   group by s.dataset_id, s.healpix_29 >> 46;
else
  insert into view_summaries.star_set_cells (set_id, dataset_id, healpix_6, stars)
  select created, dataset_id, healpix_6, c.stars from public.analysed_set_cells c where set_id = kept_set;
end if;
