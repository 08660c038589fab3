select s.run_1_id, s.run_2_id, s.parameter, s.value_1, s.value_2, p.run_1_count, p.run_2_count, p.overlap_count, p.jaccard_similarity,
  p.last_updated
from view_summaries.sensitivity_pairs s
join view_summaries.run_pairs p using (run_1_id, run_2_id)
