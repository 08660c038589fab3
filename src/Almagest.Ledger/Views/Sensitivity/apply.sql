if run.run_type = 'anomaly' then
  perform view_summaries.add_sensitivities(run);
end if;
