-- Adds one complete run to the summary tables; does nothing for a run that is there already. The caller holds the apply
-- lock: of two completions at once, the second sees the first.
-- The lines in double braces are the parts of that name of the views' folders, in the order of the views. They may use what is declared
-- here.
create function view_summaries.apply_run(target uuid) returns void language plpgsql
-- A plan kept for any run expects ten flags: each run gets a plan for as many as it has. The pages of what it touches are in memory:
-- a few thousand stars are looked up, not joined with the whole catalogue.
set plan_cache_mode = force_custom_plan
-- Compiling takes longer than all of this does.
set jit = off
set random_page_cost = 1.1 as $$
declare
  run public.discovery_runs;
  found_set bigint;
  -- The set that the ledger keeps of a run whose results are in files: of the stars in it the table of results has those that are flagged
  -- or in a cluster.
  -- As JSON, because a ledger that was rolled back has no such column.
  kept_set bigint;
  analysed record;
  labels record;
  flags record;
  sizes record;
  flagged_cells record;
begin
  if exists (select 1 from view_summaries.runs where run_id = target) then return; end if;
  select * into strict run from public.discovery_runs where run_id = target and is_complete;

  kept_set := to_jsonb(run) ->> 'star_set_id';

  if kept_set is null then
    select count(*) as stars,
           coalesce(bit_xor(hashint8extended(star_id, 1)), 0) as hash_1,
           coalesce(bit_xor(star_id), 0) as hash_2,
           count(cluster_id) as labelled,
           -- Kept for what follows: no statistics know of this run yet, so that each further look would read all its results.
           coalesce(array_agg(star_id) filter (where is_anomaly = 1), '{}') as flagged,
           coalesce(array_agg(anomaly_score) filter (where is_anomaly = 1), '{}') as scores
      into analysed
      from public.discovery_results
     where run_id = target;
  else
    select s.star_count as stars, s.hash_1, s.hash_2, f.labelled, f.flagged, f.scores
      into strict analysed
      from public.analysed_sets s
      cross join (select count(cluster_id) as labelled,
                         coalesce(array_agg(star_id) filter (where is_anomaly = 1), '{}') as flagged,
                         coalesce(array_agg(anomaly_score) filter (where is_anomaly = 1), '{}') as scores
                    from public.discovery_results where run_id = target) f
     where s.set_id = kept_set;
  end if;

  -- Apart, because an anomaly run has none: what is not counted for its every star is a tenth of the time of this scan.
  select count(*) filter (where cluster_id = -1) as noise, count(*) filter (where cluster_id >= 0) as clustered
    into labels
    from public.discovery_results
   where analysed.labelled > 0 and run_id = target;
  -- What is in no cluster is in the files alone.
  if kept_set is not null and run.run_type = 'cluster' then
    labels.noise := run.total_stars - labels.clustered;
  end if;

  select count(*) as stars, min(score) as min_score, max(score) as max_score, sum(round(score * 1e9)::bigint) as score_sum,
    count(score) as score_count
    into flags
    from unnest(analysed.scores) as score;

  select set_id into found_set from view_summaries.star_sets
   where star_count = analysed.stars and hash_1 = analysed.hash_1 and hash_2 = analysed.hash_2;
  if not found then
    found_set := view_summaries.add_star_set(target, kept_set, analysed.stars, analysed.hash_1, analysed.hash_2);
  end if;
  update view_summaries.star_sets
     set runs = runs + 1,
         last_completed = greatest(last_completed, run.completed_at),
         anomaly_runs = anomaly_runs + (run.run_type = 'anomaly')::int,
         last_anomaly_completed = case when run.run_type = 'anomaly' then greatest(last_anomaly_completed, run.completed_at)
           else last_anomaly_completed end
   where set_id = found_set;

  {{apply.first}}

  insert into view_summaries.runs (run_id, run_type, algorithm, parameters, parameter_set, parameters_hash, dataset_id, set_id, in_files,
    total_stars, created_at, completed_at,
    anomaly_count, min_anomaly_score, max_anomaly_score, score_sum, score_count,
    cluster_count, min_cluster_size, max_cluster_size, clustered_stars, noise_count)
  values (target, run.run_type, run.algorithm, run.parameters, (run.parameters - 'random_state' - 'draws')::text,
    md5((run.parameters - 'random_state' - 'draws')::text), run.dataset_id, found_set, kept_set is not null,
    run.total_stars, run.created_at, run.completed_at,
    flags.stars, flags.min_score, flags.max_score, flags.score_sum, flags.score_count,
    sizes.clusters, sizes.smallest, sizes.largest, nullif(labels.clustered, 0), labels.noise);

  {{apply}}
end $$;

-- Describes a set of stars that is met for the first time, from the results of a run that analysed it, or from the set that is kept of a
-- run whose results are in files: its blocks are taken as they are.
create function view_summaries.add_star_set(target uuid, kept_set bigint, stars bigint, first_hash bigint, second_hash bigint)
  returns bigint language plpgsql as $$
declare
  created bigint;
begin
  insert into view_summaries.star_sets (star_count, hash_1, hash_2) values (stars, first_hash, second_hash) returning set_id into created;

  if kept_set is null then
    insert into view_summaries.star_set_blocks (block, set_id, members)
    select star_id >> 10, created, bit_or(set_bit(B'0'::bit(1024), (star_id & 1023)::int, 1))
      from public.discovery_results
     where run_id = target
     group by star_id >> 10;
  else
    insert into view_summaries.star_set_blocks (block, set_id, members)
    select block, created, members from public.analysed_set_blocks where set_id = kept_set;
  end if;

  {{set}}
  return created;
end $$;
