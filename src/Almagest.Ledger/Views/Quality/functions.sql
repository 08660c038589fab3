-- The definition of the view, for one run: one text, two uses.
create function view_summaries.quality_of(target uuid) returns setof view_summaries.quality language plpgsql stable
-- No statistics know of this run yet: a nested loop, which suits one star, would look at every star's label by itself, and at all ranks for
-- each.
set enable_nestloop = off
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
{{definition_of_one_run}};
end $$;

create function view_summaries.lock_for_labels() returns trigger language plpgsql as $$
begin
  if view_summaries.are_kept() then perform view_summaries.lock_for_change(); end if;
  return null;
end $$;

-- Judges the runs anew that analysed a star whose label changed.
create function view_summaries.follow_labels() returns trigger language plpgsql
set jit = off as $$
declare
  affected uuid;
begin
  if not view_summaries.are_kept() then return null; end if;
  for affected in
    select r.run_id
      from view_summaries.runs r
     where not r.in_files
       and r.set_id in (select b.set_id from changed c
                          join view_summaries.star_set_blocks b on b.block = c.star_id >> 10
                            and get_bit(b.members, (c.star_id & 1023)::int) = 1)
  loop
    delete from view_summaries.quality where run_id = affected;
    insert into view_summaries.quality select * from view_summaries.quality_of(affected);
  end loop;
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;

-- The same, of stars that are named: on a distributed ledger.
create function view_summaries.judge_analyses(stars bigint[]) returns void language plpgsql
set jit = off as $$
declare
  affected uuid;
begin
  for affected in
    select r.run_id
      from view_summaries.runs r
     where not r.in_files
       and r.set_id in (select b.set_id from unnest(stars) c (star_id)
                          join view_summaries.star_set_blocks b on b.block = c.star_id >> 10
                            and get_bit(b.members, (c.star_id & 1023)::int) = 1)
  loop
    delete from view_summaries.quality where run_id = affected;
    insert into view_summaries.quality select * from view_summaries.quality_of(affected);
  end loop;
end $$;
