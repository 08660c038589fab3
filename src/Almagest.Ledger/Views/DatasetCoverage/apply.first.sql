-- Its flags are added to the cells of its stars, which must be there.
perform view_summaries.count_dataset(run.dataset_id);
