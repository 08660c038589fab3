-- The parameters of a stored run with the defaults of those that it lacks, without nulls and without the seed, as in the definition.
create function view_summaries.settled_parameters(of_algorithm text, stored jsonb) returns jsonb language sql stable as $$
  with defaults (algorithm, parameters) as (
    {{defaults}}
  )
  select jsonb_strip_nulls(coalesce((select f.parameters from defaults f where f.algorithm = of_algorithm), '{}')
                           || case when jsonb_typeof(stored) = 'object' then stored else '{}' end) - 'random_state' - 'draws'
$$;

-- How many stars one run flags of those that another analysed.
create function view_summaries.flags_among(flagging uuid, analysing uuid) returns bigint language plpgsql stable as $$
begin
  return (select count(*)
            from public.discovery_results f
            join public.discovery_results a on a.run_id = analysing and a.star_id = f.star_id
           where f.run_id = flagging and f.is_anomaly = 1);
end $$;

-- Puts a run down in its places, and pairs it with the runs that it meets there: the cost is that of its parameters and its pairs.
create function view_summaries.add_sensitivities(run public.discovery_runs) returns void language plpgsql as $$
declare
  target constant uuid := run.run_id;
  own_setting constant jsonb := jsonb_build_array(run.algorithm, run.dataset_id, run.dataset_filter);
  own constant jsonb := view_summaries.settled_parameters(run.algorithm, run.parameters);
begin
  insert into view_summaries.settled_runs (run_id, setting, parameters) values (target, own_setting, own);

  insert into view_summaries.parameter_places (place, run_id, parameter, value)
  select jsonb_hash_extended(jsonb_build_array(own_setting, own - p.key), 0), target, p.key, p.value
    from jsonb_each(own) p
  union all
  select jsonb_hash_extended(jsonb_build_array(own_setting, own), 0), target, '', 'null';

  -- Equal hashes are no proof: what is left is compared itself.
  insert into view_summaries.sensitivity_pairs (run_1_id, run_2_id, parameter, value_1, value_2)
  select least(target, b.run_id), greatest(target, b.run_id), greatest(a.parameter, b.parameter),
         case when target < b.run_id then a.value else b.value end, case when target < b.run_id then b.value else a.value end
    from view_summaries.parameter_places a
    join view_summaries.parameter_places b on b.place = a.place and b.run_id <> target
    join view_summaries.settled_runs o on o.run_id = b.run_id
   where a.run_id = target
     and (b.parameter = a.parameter and b.value <> a.value or (b.parameter = '') <> (a.parameter = ''))
     and o.setting = own_setting and o.parameters - b.parameter = own - a.parameter;

  update view_summaries.sensitivity_pairs p
     set run_1_count = view_summaries.flags_among(p.run_1_id, p.run_2_id),
         run_2_count = view_summaries.flags_among(p.run_2_id, p.run_1_id)
   where target in (p.run_1_id, p.run_2_id)
     and p.parameter in ('features', 'missing', 'min_parallax_over_error', 'distance_without_errors');
end $$;
