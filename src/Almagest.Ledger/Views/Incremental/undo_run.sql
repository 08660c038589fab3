-- Takes one run out of the summary tables again, while its results still exist; does nothing for a run that is not there.
-- The caller holds the apply lock.
create function view_summaries.undo_run(target uuid) returns void language plpgsql
set plan_cache_mode = force_custom_plan
set random_page_cost = 1.1 as $$
declare
  run view_summaries.runs;
  flagged bigint[];
begin
  select * into run from view_summaries.runs where run_id = target;
  if not found then return; end if;

  if run.anomaly_count > 0 then
    select array_agg(star_id) into flagged from public.discovery_results where run_id = target and is_anomaly = 1;
    perform view_summaries.add_star_flags(flagged, -1);
  end if;

  if run.run_type = 'anomaly' then
    perform view_summaries.add_similarities(target, -1);
    delete from view_summaries.run_pairs where run_1_id = target;
    delete from view_summaries.run_pairs where run_2_id = target;

    delete from view_summaries.flag_blocks where run_id = target;
    delete from view_summaries.flagged_stars f
     using public.discovery_results r
     where r.run_id = target and r.is_anomaly = 1 and f.star_id = r.star_id and f.anomaly_count = 1;
    update view_summaries.flagged_stars f
       set anomaly_count = f.anomaly_count - 1,
           score_sum = f.score_sum - coalesce(round(r.anomaly_score * 1e9)::bigint, 0),
           score_count = f.score_count - (r.anomaly_score is not null)::int
      from public.discovery_results r
     where r.run_id = target and r.is_anomaly = 1 and f.star_id = r.star_id;
  end if;

  delete from view_summaries.quality where run_id = target;
  delete from view_summaries.clusters where run_id = target;
  delete from view_summaries.runs where run_id = target;

  -- The latest of the remaining runs, not the last applied.
  update view_summaries.star_sets s
     set runs = s.runs - 1,
         anomaly_runs = s.anomaly_runs - (run.run_type = 'anomaly')::int,
         last_completed = (select max(r.completed_at) from view_summaries.runs r where r.set_id = s.set_id),
         last_anomaly_completed = (select max(r.completed_at) from view_summaries.runs r where r.set_id = s.set_id and r.run_type = 'anomaly')
   where s.set_id = run.set_id;
  delete from view_summaries.star_sets where set_id = run.set_id and runs = 0;
  if found then
    delete from view_summaries.star_set_blocks where set_id = run.set_id;
    delete from view_summaries.star_set_cells where set_id = run.set_id;
  end if;
end $$;
