-- Where an anomaly run's flags are was found with its flagged stars.
if flags.stars > 0 then
  if run.run_type = 'anomaly' then
    perform view_summaries.add_cell_flags(flagged_cells.dataset_ids, flagged_cells.cells, 1);
  else
    perform view_summaries.add_star_flags(analysed.flagged, 1);
  end if;
end if;
-- In a ledger that was rolled back, the table is not there.
if to_regclass('public.discovery_exclusions') is not null then
  insert into view_summaries.cell_exclusions as c (dataset_id, healpix_6, excluded)
  select e.dataset_id, e.healpix_6, sum(e.stars) from public.discovery_exclusions e where e.run_id = target group by 1, 2
  on conflict (dataset_id, healpix_6) do update set excluded = c.excluded + excluded.excluded;
end if;
