-- Where an anomaly run's flags are was found with its flagged stars.
if flags.stars > 0 then
  if run.run_type = 'anomaly' then
    perform view_summaries.add_cell_flags(flagged_cells.dataset_ids, flagged_cells.cells, 1);
  else
    perform view_summaries.add_star_flags(analysed.flagged, 1);
  end if;
end if;
