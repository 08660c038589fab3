if run.run_type = 'anomaly' then
  perform view_summaries.add_similarities(target, -1);
end if;
