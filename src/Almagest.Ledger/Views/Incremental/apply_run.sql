-- Adds one complete run to the summary tables; does nothing for a run that is there already. The caller holds the apply
-- lock: of two completions at once, the second sees the first.
create function view_summaries.apply_run(target uuid) returns void language plpgsql
-- A plan kept for any run expects ten flags: each run gets a plan for as many as it has. The pages of what it touches are in memory:
-- a few thousand stars are looked up, not joined with the whole catalogue.
set plan_cache_mode = force_custom_plan
set random_page_cost = 1.1 as $$
declare
  run public.discovery_runs;
  found_set bigint;
  analysed record;
  labels record;
  flags record;
  sizes record;
begin
  if exists (select from view_summaries.runs where run_id = target) then return; end if;
  select * into strict run from public.discovery_runs where run_id = target and is_complete;

  -- Its flags are added to the cells of its stars, which must be there.
  perform view_summaries.count_dataset(run.dataset_id);

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

  -- Apart, because an anomaly run has none: what is not counted for its every star is a tenth of the time of this scan.
  select count(*) filter (where cluster_id = -1) as noise, count(*) filter (where cluster_id >= 0) as clustered
    into labels
    from public.discovery_results
   where analysed.labelled > 0 and run_id = target;

  select count(*) as stars, min(score) as min_score, max(score) as max_score, sum(round(score * 1e9)::bigint) as score_sum, count(score) as score_count
    into flags
    from unnest(analysed.scores) as score;

  select set_id into found_set from view_summaries.star_sets
   where star_count = analysed.stars and hash_1 = analysed.hash_1 and hash_2 = analysed.hash_2;
  if not found then
    found_set := view_summaries.add_star_set(target, analysed.stars, analysed.hash_1, analysed.hash_2);
  end if;
  update view_summaries.star_sets
     set runs = runs + 1,
         last_completed = greatest(last_completed, run.completed_at),
         anomaly_runs = anomaly_runs + (run.run_type = 'anomaly')::int,
         last_anomaly_completed = case when run.run_type = 'anomaly' then greatest(last_anomaly_completed, run.completed_at) else last_anomaly_completed end
   where set_id = found_set;

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

  insert into view_summaries.runs (run_id, run_type, algorithm, parameters, parameter_set, parameters_hash, dataset_id, set_id, total_stars, created_at, completed_at,
    anomaly_count, min_anomaly_score, max_anomaly_score, score_sum, score_count,
    cluster_count, min_cluster_size, max_cluster_size, clustered_stars, noise_count)
  values (target, run.run_type, run.algorithm, run.parameters, (run.parameters - 'random_state')::text, md5((run.parameters - 'random_state')::text), run.dataset_id, found_set, run.total_stars, run.created_at, run.completed_at,
    flags.stars, flags.min_score, flags.max_score, flags.score_sum, flags.score_count,
    sizes.clusters, sizes.smallest, sizes.largest, nullif(labels.clustered, 0), labels.noise);

  if run.run_type = 'anomaly' then
    if flags.stars > 0 then
      perform view_summaries.add_flags(analysed.flagged, analysed.scores);

      insert into view_summaries.flag_blocks (block, run_id, flags, star_ids)
      select star_id >> 10, target, bit_or(set_bit(B'0'::bit(1024), (star_id & 1023)::int, 1)), array_agg(star_id order by star_id)
        from unnest(analysed.flagged) as star_id
       group by star_id >> 10;
    end if;
    perform view_summaries.add_pairs(run, flags.stars);
  elsif flags.stars > 0 then
    perform view_summaries.add_star_flags(analysed.flagged, 1);
  end if;

  if exists (select from public.star_labels) then
    insert into view_summaries.quality select * from view_summaries.quality_of(target);
  end if;
end $$;

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

  perform view_summaries.add_similarities(target, 1);
end $$;

-- Describes a set of stars that is met for the first time, from the results of a run that analysed it.
create function view_summaries.add_star_set(target uuid, stars bigint, first_hash bigint, second_hash bigint) returns bigint language plpgsql as $$
declare
  created bigint;
begin
  insert into view_summaries.star_sets (star_count, hash_1, hash_2) values (stars, first_hash, second_hash) returning set_id into created;

  insert into view_summaries.star_set_blocks (block, set_id, members)
  select star_id >> 10, created, bit_or(set_bit(B'0'::bit(1024), (star_id & 1023)::int, 1))
    from public.discovery_results
   where run_id = target
   group by star_id >> 10;

  insert into view_summaries.undescribed_stars (star_id)
  select r.star_id
    from public.discovery_results r
   where r.run_id = target and not exists (select from public.stars s where s.star_id = r.star_id)
  on conflict do nothing;

  insert into view_summaries.star_set_cells (set_id, dataset_id, healpix_6, stars)
  select created, s.dataset_id, s.healpix_29 >> 46, count(*)
    from public.discovery_results r
    join public.stars s using (star_id)
   where r.run_id = target
   group by s.dataset_id, s.healpix_29 >> 46;
  return created;
end $$;

-- Counts an anomaly run's flags by star and by cell of the sky.
create function view_summaries.add_flags(flagged bigint[], scores double precision[]) returns void language plpgsql as $$
declare
  again record;
  first record;
begin
  again := view_summaries.add_repeated_flags(flagged, scores);
  with added as (
    insert into view_summaries.flagged_stars (star_id, dataset_id, healpix_6, anomaly_count, score_sum, score_count)
    select n.star_id, s.dataset_id, s.healpix_29 >> 46, 1, coalesce(round(n.anomaly_score * 1e9)::bigint, 0), (n.anomaly_score is not null)::int
      from unnest(flagged, scores) as n (star_id, anomaly_score)
      left join public.stars s using (star_id)
     where not exists (select from unnest(again.star_ids) as a (star_id) where a.star_id = n.star_id)
     order by n.star_id
    returning dataset_id, healpix_6
  )
  select array_agg(a.dataset_id) as dataset_ids, array_agg(a.healpix_6) as cells into first from added a;
  perform view_summaries.add_cell_flags(again.dataset_ids || first.dataset_ids, again.cells || first.cells, 1);
end $$;

-- Counts the flags of stars that were flagged before, and says which these are. Each star is looked up, whatever the planner thinks
-- of reading the whole table instead: the cost is the run's own, and pages that it does not change are not touched (reading them all
-- would tidy them, and after a checkpoint write each to the log).
create function view_summaries.add_repeated_flags(flagged bigint[], scores double precision[], out star_ids bigint[], out dataset_ids bigint[], out cells bigint[])
language plpgsql
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off as $$
begin
  -- Not "on conflict": that locks each row before it is changed, and nobody else changes rows under the apply lock.
  with known as (
    update view_summaries.flagged_stars f
       set anomaly_count = f.anomaly_count + 1,
           score_sum = f.score_sum + coalesce(round(n.anomaly_score * 1e9)::bigint, 0),
           score_count = f.score_count + (n.anomaly_score is not null)::int
      from unnest(flagged, scores) as n (star_id, anomaly_score)
     where f.star_id = n.star_id
    returning f.star_id, f.dataset_id, f.healpix_6
  )
  select array_agg(k.star_id), array_agg(k.dataset_id), array_agg(k.healpix_6) into star_ids, dataset_ids, cells from known k;
end $$;

-- Adds (sign 1) or takes away (sign -1) the flags of the given stars in the cells of the sky.
create function view_summaries.add_star_flags(flagged bigint[], sign integer) returns void language plpgsql as $$
declare
  found record;
begin
  select array_agg(s.dataset_id) as dataset_ids, array_agg(s.healpix_29 >> 46) as cells into found
    from unnest(flagged) as star_id join public.stars s using (star_id);
  perform view_summaries.add_cell_flags(found.dataset_ids, found.cells, sign);
end $$;

-- The same for stars whose cells are known: one of each for a flag, null where no catalogue row describes the star. The counts are
-- changed in a loop over the regions, where joining them with their changes takes twice as long.
create function view_summaries.add_cell_flags(dataset_ids bigint[], cells bigint[], sign integer) returns void language plpgsql
-- Planned once, not for each region.
set plan_cache_mode = force_generic_plan as $$
declare
  touched record;
  counts bigint[];
  place integer;
begin
  for touched in
    select f.dataset_id, f.cell >> 6 as healpix_3, array_agg((f.cell & 63)::integer + 1) as places
      from unnest(dataset_ids, cells) as f (dataset_id, cell)
     where f.dataset_id is not null
     group by f.dataset_id, f.cell >> 6
  loop
    select r.flags into counts from view_summaries.region_flags r where r.dataset_id = touched.dataset_id and r.healpix_3 = touched.healpix_3;
    if not found then
      counts := array_fill(0::bigint, '{64}');
      insert into view_summaries.region_flags (dataset_id, healpix_3, flags) values (touched.dataset_id, touched.healpix_3, counts);
    end if;
    foreach place in array touched.places loop
      counts[place] := counts[place] + sign;
    end loop;
    update view_summaries.region_flags r set flags = counts where r.dataset_id = touched.dataset_id and r.healpix_3 = touched.healpix_3;
  end loop;
end $$;

-- Adds (sign 1) or takes away (sign -1) the similarities of one run from its own sum and from those of the other runs.
create function view_summaries.add_similarities(target uuid, sign integer) returns void language sql as $$
  with others as (
    select case when p.run_1_id = target then p.run_2_id else p.run_1_id end as run_id, round(p.jaccard_similarity * 1e9)::bigint as similarity
      from view_summaries.run_pairs p
     where (p.run_1_id = target or p.run_2_id = target) and p.overlap_count > 0
  ),
  changes as (
    select run_id, similarity from others
    union all
    select target, coalesce(sum(similarity), 0)::bigint from others
  )
  update view_summaries.runs r set similarity_sum = r.similarity_sum + sign * c.similarity
    from changes c where r.run_id = c.run_id and c.similarity <> 0
$$;
