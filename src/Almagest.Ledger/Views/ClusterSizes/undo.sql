delete from view_summaries.clusters where run_id = target;
