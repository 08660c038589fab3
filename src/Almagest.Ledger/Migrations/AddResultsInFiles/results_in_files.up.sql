-- Sets of stars that runs analysed whose results are in files: the tables of results have their flagged stars alone. A set is recognised
-- by its size and two order-free sums over its ids, of 64 bits: the exclusive or of their hashes, and of themselves.
create table public.analysed_sets (
  set_id bigint generated always as identity constraint pk_analysed_sets primary key,
  dataset_id bigint not null,
  star_count bigint not null,
  hash_1 bigint not null,
  hash_2 bigint not null,
  constraint uq_analysed_sets unique (star_count, hash_1, hash_2)
);

-- Its members: bit star_id & 1023 of block star_id >> 10.
create table public.analysed_set_blocks (
  set_id bigint not null constraint fk_analysed_set_blocks_set_id references public.analysed_sets (set_id) on delete cascade,
  block bigint not null,
  members bit(1024) not null,
  constraint pk_analysed_set_blocks primary key (set_id, block)
);

-- Where on the sky they are.
create table public.analysed_set_cells (
  set_id bigint not null constraint fk_analysed_set_cells_set_id references public.analysed_sets (set_id) on delete cascade,
  dataset_id bigint not null,
  healpix_6 bigint not null,
  stars bigint not null,
  constraint pk_analysed_set_cells primary key (set_id, dataset_id, healpix_6)
);

-- Where on the sky all stars of a dataset are that is read where it lies: the table of stars has some of them at most.
create table public.in_place_cells (
  dataset_id bigint not null constraint fk_in_place_cells_dataset_id references public.datasets (dataset_id) on delete cascade,
  healpix_6 bigint not null,
  stars bigint not null,
  constraint pk_in_place_cells primary key (dataset_id, healpix_6)
);

-- A set goes with the last run that has it; one that is deleted and can be brought back has it still. Who has just found the set for a new
-- run holds it until that run is there.
create function public.release_analysed_set(released bigint) returns void language plpgsql as $$
begin
  perform 1 from public.analysed_sets where set_id = released for update;
  delete from public.analysed_sets
   where set_id = released
     and not exists (select 1 from public.discovery_runs where star_set_id = released)
     and not exists (select 1 from public.deletions where kind = 'run' and (content #>> '{run,star_set_id}')::bigint = released);
end $$;

-- Triggers of one event fire in the order of their names, and this one's comes after count_out_deleted_run.
create function public.delete_run_set() returns trigger language plpgsql as $$
begin
  perform public.release_analysed_set(old.star_set_id);
  return null;
end $$;

create trigger delete_run_set after delete on public.discovery_runs
  for each row when (old.star_set_id is not null) execute function public.delete_run_set();
