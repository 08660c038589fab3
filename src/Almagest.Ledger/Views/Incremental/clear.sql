truncate view_summaries.star_sets, view_summaries.star_set_blocks, view_summaries.undescribed_stars, view_summaries.star_set_cells, view_summaries.runs,
  view_summaries.clusters, view_summaries.flagged_stars, view_summaries.flag_blocks, view_summaries.run_pairs, view_summaries.counted_datasets,
  view_summaries.dataset_cells, view_summaries.region_flags, view_summaries.quality;
