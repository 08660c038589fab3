-- Pairs a run, whose flags are in their blocks, with every other anomaly run: the one part that grows with the number of runs.
create function view_summaries.add_pairs(run public.discovery_runs, flags bigint) returns void language plpgsql as $$
declare
  target constant uuid := run.run_id;
begin
  insert into view_summaries.run_pairs (run_1_id, run_1_count, run_2_id, run_2_count, overlap_count, jaccard_similarity, last_updated)
  select least(target, o.run_id), case when target < o.run_id then flags else o.anomaly_count end,
         greatest(target, o.run_id), case when target < o.run_id then o.anomaly_count else flags end,
         coalesce(s.shared, 0),
         case when flags + o.anomaly_count = 0 then 0
              else coalesce(s.shared, 0)::double precision / (flags + o.anomaly_count - coalesce(s.shared, 0)) end,
         greatest(run.completed_at, o.completed_at)
    from view_summaries.runs o
    left join (select b.run_id, sum(bit_count(a.flags & b.flags))::bigint as shared
                 from view_summaries.flag_blocks a
                 join view_summaries.flag_blocks b using (block)
                where a.run_id = target and b.run_id <> target
                group by b.run_id) s on s.run_id = o.run_id
   where o.run_type = 'anomaly' and o.run_id <> target;
end $$;
