if run.anomaly_count > 0 then
  select array_agg(star_id) into flagged from public.discovery_results where run_id = target and is_anomaly = 1;
  perform view_summaries.add_star_flags(flagged, -1);
end if;
