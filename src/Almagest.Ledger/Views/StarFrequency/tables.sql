-- Members that no catalogue row describes; the frequency view finds the others in stars.
create table view_summaries.undescribed_stars (star_id bigint primary key);

-- Flagged stars alone: only they change when a run completes. No index on a counter, so that updates stay HOT. With the cell
-- of the sky (null where no catalogue row describes the star), so that counting a run's flags by cell need not find its stars again.
create table view_summaries.flagged_stars (
  star_id bigint primary key,
  dataset_id bigint,
  healpix_6 bigint,
  anomaly_count bigint not null,
  score_sum numeric not null,
  score_count bigint not null
) with (fillfactor = 70);
