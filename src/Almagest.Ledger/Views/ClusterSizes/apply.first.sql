-- The sizes are also what the statistics of a run say of them.
if run.run_type = 'cluster' and labels.clustered > 0 then
  insert into view_summaries.clusters (run_id, cluster_id, cluster_size, star_ids, completed_at)
  select target, cluster_id, count(*), array_agg(star_id order by star_id), run.completed_at
    from public.discovery_results
   where run_id = target and cluster_id >= 0
   group by cluster_id;
  select count(*) as clusters, min(cluster_size) as smallest, max(cluster_size) as largest into sizes
    from view_summaries.clusters where run_id = target;
else
  select count(*) as clusters, min(n) as smallest, max(n) as largest into sizes
    from (select count(*) as n from public.discovery_results
           where labels.clustered > 0 and run_id = target and cluster_id >= 0 group by cluster_id) c;
end if;
