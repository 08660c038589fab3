-- Rows of mv_discovery_quality, written when a run completes and when a label of one of its stars changes.
create table view_summaries.quality (
  run_id uuid not null,
  label_set text not null,
  run_type text not null,
  labelled_stars bigint not null,
  positives bigint,
  true_positives bigint,
  false_positives bigint,
  false_negatives bigint,
  true_negatives bigint,
  precision double precision,
  recall double precision,
  f1 double precision,
  average_precision double precision,
  adjusted_rand_index double precision,
  purity double precision,
  last_updated timestamptz,
  primary key (run_id, label_set)
);
