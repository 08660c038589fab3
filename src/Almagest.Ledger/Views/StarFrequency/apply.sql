if run.run_type = 'anomaly' and flags.stars > 0 then
  flagged_cells := view_summaries.add_flags(analysed.flagged, analysed.scores);
end if;
