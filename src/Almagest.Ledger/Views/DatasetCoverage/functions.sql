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
    select r.flags into counts from view_summaries.region_flags r where r.dataset_id = touched.dataset_id
      and r.healpix_3 = touched.healpix_3;
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

-- Datasets that are read where they lie: the table of stars has some of theirs at most, and all were counted when they were registered.
create function view_summaries.datasets_in_place() returns bigint[] language plpgsql stable as $$
begin
  -- In a ledger that was rolled back, nothing is known of such.
  if to_regclass('public.in_place_cells') is null then return '{}'; end if;
  return array(select d.dataset_id from public.datasets d where d.in_place is not null);
end $$;

-- Counts the stars of one dataset per cell, unless that is done.
create function view_summaries.count_dataset(dataset bigint) returns void language plpgsql
set jit = off as $$
begin
  insert into view_summaries.counted_datasets values (dataset) on conflict do nothing;
  if not found then return; end if;
  if dataset = any (view_summaries.datasets_in_place()) then
    insert into view_summaries.dataset_cells (dataset_id, healpix_6, stars)
    select c.dataset_id, c.healpix_6, c.stars from public.in_place_cells c where c.dataset_id = dataset;
    return;
  end if;
  insert into view_summaries.dataset_cells (dataset_id, healpix_6, stars)
  select dataset, healpix_29 >> 46, count(*) from public.stars where dataset_id = dataset group by healpix_29 >> 46;
end $$;

create function view_summaries.follow_new_stars() returns trigger language plpgsql
set jit = off as $$
declare
  dataset bigint;
  counted_else constant bigint[] := view_summaries.datasets_in_place();
begin
  if not view_summaries.are_kept() then return null; end if;
  perform view_summaries.lock_for_change();
  insert into view_summaries.dataset_cells as c (dataset_id, healpix_6, stars)
  select n.dataset_id, n.healpix_29 >> 46, count(*)
    from changed n join view_summaries.counted_datasets using (dataset_id)
   where n.dataset_id <> all (counted_else)
   group by 1, 2
  on conflict (dataset_id, healpix_6) do update set stars = c.stars + excluded.stars;
  for dataset in select distinct dataset_id from changed n where not exists (select 1 from view_summaries.counted_datasets d
    where d.dataset_id = n.dataset_id) loop
    perform view_summaries.count_dataset(dataset);
  end loop;
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;

create function view_summaries.follow_lost_stars() returns trigger language plpgsql
set jit = off as $$
declare
  counted_else constant bigint[] := view_summaries.datasets_in_place();
begin
  if not view_summaries.are_kept() then return null; end if;
  perform view_summaries.lock_for_change();
  update view_summaries.dataset_cells c
     set stars = c.stars - n.stars
    from (select dataset_id, healpix_29 >> 46 as healpix_6, count(*) as stars from changed where dataset_id <> all (counted_else)
           group by 1, 2) n
   where c.dataset_id = n.dataset_id and c.healpix_6 = n.healpix_6;
  delete from view_summaries.dataset_cells c using (select distinct dataset_id from changed) n where c.dataset_id = n.dataset_id
    and c.stars = 0;
  delete from view_summaries.region_flags f
   using (select distinct dataset_id from changed) n
   where f.dataset_id = n.dataset_id
     and not exists (select 1 from view_summaries.dataset_cells c where c.dataset_id = f.dataset_id and c.healpix_6 >> 6 = f.healpix_3);
  delete from view_summaries.counted_datasets d using (select distinct dataset_id from changed) n
   where d.dataset_id = n.dataset_id and not exists (select 1 from view_summaries.dataset_cells c where c.dataset_id = d.dataset_id);
  perform view_summaries.mark_table_changed(tg_table_name);
  return null;
end $$;

-- Counts the stars of a dataset anew, whether there are any or none: where no trigger says which they are, as on a distributed ledger.
create function view_summaries.recount_dataset(dataset bigint) returns void language plpgsql as $$
begin
  delete from view_summaries.dataset_cells where dataset_id = dataset;
  delete from view_summaries.counted_datasets where dataset_id = dataset;
  perform view_summaries.count_dataset(dataset);
  if exists (select 1 from view_summaries.dataset_cells where dataset_id = dataset) then return; end if;
  delete from view_summaries.region_flags where dataset_id = dataset;
  delete from view_summaries.counted_datasets where dataset_id = dataset;
end $$;
