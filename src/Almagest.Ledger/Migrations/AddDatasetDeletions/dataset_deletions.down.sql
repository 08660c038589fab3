-- With them goes what went with them.
delete from public.deletions where kind = 'dataset';
delete from public.deletions d
 where d.kind in ('match', 'identification') or not exists (select from public.datasets s where s.dataset_id = d.dataset_id);

create or replace function public.delete_deleted_rows() returns trigger language plpgsql as $$
begin
  if old.kind = 'run' then
    delete from public.deleted_results where run_id = old.run_id;
    delete from public.deleted_exclusions where run_id = old.run_id;
  end if;
  return null;
end $$;

drop table public.deleted_stars;
drop table public.deleted_labels;
drop table public.deleted_links;
drop index public.ix_deletions_dataset;
alter table public.deletions
  drop column with_deletion,
  drop constraint ck_deletions_kind,
  add constraint ck_deletions_kind check (kind in ('run', 'note', 'label')),
  add constraint fk_deletions_datasets_dataset_id foreign key (dataset_id) references public.datasets (dataset_id) on delete cascade;
