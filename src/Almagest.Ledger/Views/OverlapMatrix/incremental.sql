-- The shared stars are found for the rows that are read: the flags of one run, block by block, tested against the bits of
-- the other. offset 0 keeps the planner from testing before the ids are unnested, which is slower.
select p.run_1_id, p.run_1_count, p.run_2_id, p.run_2_count, p.overlap_count,
       case when p.overlap_count = 0 then '{}'::bigint[]
            else array(select x.star_id
                         from (select unnest(a.star_ids) as star_id, b.flags
                                 from view_summaries.flag_blocks a
                                 join view_summaries.flag_blocks b on b.block = a.block and b.run_id = p.run_2_id
                                where a.run_id = p.run_1_id
                               offset 0) x
                        where get_bit(x.flags, (x.star_id & 1023)::int) = 1
                        order by x.star_id) end as overlapping_star_ids,
       p.run_1_count - p.overlap_count as run_1_unique_count,
       p.run_2_count - p.overlap_count as run_2_unique_count,
       p.jaccard_similarity,
       p.last_updated
from view_summaries.run_pairs p
