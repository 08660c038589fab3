-- A dataset that is deleted can be brought back, too. Its row, and what is little, lies in deletions; what is much lies in tables of the
-- same columns. Its runs, cross-matches and identifications are deletions of their own that went with it (with_deletion): what needs two
-- things comes back with the later of them.
alter table public.deletions
  drop constraint fk_deletions_datasets_dataset_id,
  drop constraint ck_deletions_kind,
  add constraint ck_deletions_kind check (kind in ('dataset', 'run', 'match', 'identification', 'note', 'label')),
  add column with_deletion bigint constraint fk_deletions_with_deletion references public.deletions (deletion_id) on delete cascade;
create index ix_deletions_with_deletion on public.deletions (with_deletion) where with_deletion is not null;
create unique index ix_deletions_dataset on public.deletions (dataset_id) where kind = 'dataset';

create table public.deleted_stars (like public.stars, constraint pk_deleted_stars primary key (star_id));
create index ix_deleted_stars_dataset_id on public.deleted_stars (dataset_id);
create table public.deleted_labels (like public.star_labels, constraint pk_deleted_labels primary key (star_id, label_set));
create table public.deleted_links (like public.star_links, constraint pk_deleted_links primary key (match_id, star_1_id, star_2_id));

create or replace function public.delete_deleted_rows() returns trigger language plpgsql
-- The tables of what is kept were empty when their statistics were made: each label would be looked for among all stars.
set enable_nestloop = off as $$
begin
  if old.kind = 'run' then
    delete from public.deleted_results where run_id = old.run_id;
    delete from public.deleted_exclusions where run_id = old.run_id;
  elsif old.kind = 'match' then
    delete from public.deleted_links where match_id = (old.content ->> 'match_id')::bigint;
  elsif old.kind = 'dataset' then
    delete from public.deleted_labels l using public.deleted_stars s where s.dataset_id = old.dataset_id and l.star_id = s.star_id;
    delete from public.deleted_stars where dataset_id = old.dataset_id;
    -- What was deleted before it cannot come back without it, unless the dataset itself is back.
    delete from public.deletions d
     where (d.dataset_id = old.dataset_id
         or d.content #> '{run,dataset_filter}' @> jsonb_build_object('also_datasets', jsonb_build_array(old.dataset_id)))
       and not exists (select from public.datasets s where s.dataset_id = old.dataset_id);
  end if;
  return null;
end $$;

-- A way down that goes further leaves this function as it was first: without its fingerprint the scripts make it anew.
comment on function public.delete_dataset_stars() is null;
