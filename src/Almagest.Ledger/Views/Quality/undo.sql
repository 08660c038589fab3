delete from view_summaries.quality where run_id = target;
