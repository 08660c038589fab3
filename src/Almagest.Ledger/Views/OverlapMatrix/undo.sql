if run.run_type = 'anomaly' then
  delete from view_summaries.run_pairs where run_1_id = target;
  delete from view_summaries.run_pairs where run_2_id = target;
  delete from view_summaries.flag_blocks where run_id = target;
end if;
