-- One row per complete run and label set whose labels say what the run looks for, of at least one star that it analysed.
-- Only labelled stars count. Precision, recall and F1 are null where their denominator is 0.
with runs as not materialized (
  select run_id, run_type, completed_at
  from public.discovery_runs
  where is_complete
),
-- @include parts/run_quality.sql
select run_id,
       label_set,
       run_type,
       labelled_stars,
       positives,
       true_positives,
       false_positives,
       false_negatives,
       true_negatives,
       precision,
       recall,
       f1,
       average_precision,
       adjusted_rand_index,
       purity,
       last_updated
from quality
