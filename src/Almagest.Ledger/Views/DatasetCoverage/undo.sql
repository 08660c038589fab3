if run.anomaly_count > 0 then
  perform view_summaries.add_star_flags(flagged, -1);
end if;
if to_regclass('public.discovery_exclusions') is not null then
  update view_summaries.cell_exclusions c
     set excluded = c.excluded - e.stars
    from (select dataset_id, healpix_6, sum(stars) as stars from public.discovery_exclusions where run_id = target group by 1, 2) e
   where c.dataset_id = e.dataset_id and c.healpix_6 = e.healpix_6;
  delete from view_summaries.cell_exclusions c
   using public.discovery_exclusions e
   where e.run_id = target and c.dataset_id = e.dataset_id and c.healpix_6 = e.healpix_6 and c.excluded = 0;
end if;
