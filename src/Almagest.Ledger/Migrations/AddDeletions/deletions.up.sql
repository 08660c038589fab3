-- What was deleted and can be brought back for a day: runs with all that belongs to them, notes, labels. The results of a run leave
-- discovery_results, so that nothing has to tell deleted ones from others.
create table public.deletions (
  deletion_id bigint generated always as identity constraint pk_deletions primary key,
  kind text not null constraint ck_deletions_kind check (kind in ('run', 'note', 'label')),
  run_id uuid,
  star_id bigint,
  dataset_id bigint not null constraint fk_deletions_datasets_dataset_id references public.datasets (dataset_id) on delete cascade,
  summary text not null,
  deleted_at timestamptz not null default clock_timestamp(),
  deleted_by text,
  content jsonb not null
);
create unique index ix_deletions_run on public.deletions (run_id) where kind = 'run';
create index ix_deletions_dataset_id on public.deletions (dataset_id);

create table public.deleted_results (
  run_id uuid not null,
  star_id bigint not null,
  is_anomaly integer not null,
  anomaly_score double precision,
  cluster_id integer,
  membership_strength double precision,
  membership_probability double precision,
  constraint pk_deleted_results primary key (run_id, star_id)
);

create table public.deleted_exclusions (
  run_id uuid not null,
  dataset_id bigint not null,
  reason text not null,
  healpix_6 bigint not null,
  stars bigint not null,
  constraint pk_deleted_exclusions primary key (run_id, dataset_id, healpix_6, reason)
);

create function public.delete_deleted_rows() returns trigger language plpgsql as $$
begin
  if old.kind = 'run' then
    delete from public.deleted_results where run_id = old.run_id;
    delete from public.deleted_exclusions where run_id = old.run_id;
  end if;
  return null;
end $$;

create trigger delete_deleted_rows after delete on public.deletions
  for each row execute function public.delete_deleted_rows();
