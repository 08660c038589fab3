if run.run_type = 'anomaly' then
  delete from view_summaries.sensitivity_pairs where run_1_id = target;
  delete from view_summaries.sensitivity_pairs where run_2_id = target;
  delete from view_summaries.parameter_places where run_id = target;
  delete from view_summaries.settled_runs where run_id = target;
end if;
