-- Takes one run out of the summary tables again, while its results still exist; does nothing for a run that is not there.
-- The caller holds the apply lock. The lines in double braces are the parts of the views' folders, the last view first: what is computed
-- from something else is taken back before it.
create function view_summaries.undo_run(target uuid) returns void language plpgsql
set plan_cache_mode = force_custom_plan
-- Compiling takes longer than all of this does.
set jit = off
set random_page_cost = 1.1 as $$
declare
  run view_summaries.runs;
  flagged bigint[];
  scores double precision[];
begin
  select * into run from view_summaries.runs where run_id = target;
  if not found then return; end if;
  select coalesce(array_agg(star_id), '{}'), coalesce(array_agg(anomaly_score), '{}') into flagged, scores
    from public.discovery_results
   where run_id = target and is_anomaly = 1;

  {{undo}}

  delete from view_summaries.runs where run_id = target;

  -- The latest of the remaining runs, not the last applied.
  update view_summaries.star_sets s
     set runs = s.runs - 1,
         anomaly_runs = s.anomaly_runs - (run.run_type = 'anomaly')::int,
         last_completed = (select max(r.completed_at) from view_summaries.runs r where r.set_id = s.set_id),
         last_anomaly_completed = (select max(r.completed_at) from view_summaries.runs r where r.set_id = s.set_id
           and r.run_type = 'anomaly')
   where s.set_id = run.set_id;
  delete from view_summaries.star_sets where set_id = run.set_id and runs = 0;
  if found then
    delete from view_summaries.star_set_blocks where set_id = run.set_id;
    {{set.undo}}
  end if;
end $$;
