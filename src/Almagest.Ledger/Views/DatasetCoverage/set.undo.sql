delete from view_summaries.star_set_cells where set_id = run.set_id;
