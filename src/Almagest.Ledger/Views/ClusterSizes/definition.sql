-- One row per cluster of a complete cluster run; noise (-1) is no cluster.
-- The members are ordered: an unordered array_agg would rewrite the row at every refresh.
select d.run_id,
       r.cluster_id,
       count(*) as cluster_size,
       array_agg(r.star_id order by r.star_id) as star_ids,
       d.completed_at as last_updated
from public.discovery_runs d
join public.discovery_results r using (run_id)
where d.is_complete and d.run_type = 'cluster' and r.cluster_id >= 0
group by d.run_id, r.cluster_id, d.completed_at
