select s.run_1_id, s.run_2_id, s.parameter, s.value_1, s.value_2, c.run_1_count, c.run_2_count, p.overlap_count,
       case when c.run_1_count + c.run_2_count = 0 then 0
            else p.overlap_count::double precision / (c.run_1_count + c.run_2_count - p.overlap_count) end as jaccard_similarity,
       p.last_updated
from view_summaries.sensitivity_pairs s
join view_summaries.run_pairs p using (run_1_id, run_2_id)
cross join lateral (
  select coalesce(s.run_1_count, p.run_1_count) as run_1_count, coalesce(s.run_2_count, p.run_2_count) as run_2_count
) c
