create materialized view public.mv_cluster_size_distribution as
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
group by d.run_id, r.cluster_id, d.completed_at;

create unique index ux_mv_cluster_size_distribution on public.mv_cluster_size_distribution (run_id, cluster_id);
comment on materialized view public.mv_cluster_size_distribution is 'almagest definition 62a01c62553c1092';

insert into public.analytics_views (view_name, run_types, every_change) values ('mv_cluster_size_distribution', array['cluster'], false);
