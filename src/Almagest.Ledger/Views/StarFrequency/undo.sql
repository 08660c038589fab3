if run.run_type = 'anomaly' then
  delete from view_summaries.flagged_stars f
   using unnest(flagged) as r (star_id)
   where f.star_id = r.star_id and f.anomaly_count = 1;
  update view_summaries.flagged_stars f
     set anomaly_count = f.anomaly_count - 1,
         score_sum = f.score_sum - coalesce(round(r.anomaly_score * 1e9)::bigint, 0),
         score_count = f.score_count - (r.anomaly_score is not null)::int
    from unnest(flagged, scores) as r (star_id, anomaly_score)
   where f.star_id = r.star_id;
end if;
