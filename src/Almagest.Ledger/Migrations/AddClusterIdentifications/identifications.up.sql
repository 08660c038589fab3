-- Clusters of runs beside catalogues of known ones: one identification of a run with each catalogue, and what it says of each cluster.
create table public.run_identifications (
  run_id uuid not null constraint fk_run_identifications_run references public.discovery_runs (run_id) on delete cascade,
  dataset_id bigint not null constraint fk_run_identifications_dataset references public.datasets (dataset_id) on delete cascade,
  known_clusters bigint not null,
  label_set text,
  columns text[] not null,
  notes text[] not null,
  expected_by_chance double precision not null,
  program_version text not null,
  identified_at timestamptz not null default clock_timestamp(),
  identified_by text,
  constraint pk_run_identifications primary key (run_id, dataset_id)
);
create index ix_run_identifications_dataset on public.run_identifications (dataset_id);

create table public.cluster_identifications (
  run_id uuid not null,
  cluster_id integer not null,
  dataset_id bigint not null,
  verdict text not null constraint ck_cluster_identifications_verdict check (
    verdict in ('identified', 'possible', 'position_only', 'ambiguous', 'shared', 'new', 'unmatched')),
  name text,
  star_id bigint,
  basis text,
  separation_deg double precision,
  sigma double precision,
  expected_by_chance double precision,
  sentence text not null,
  size bigint not null,
  candidates jsonb not null,
  constraint pk_cluster_identifications primary key (run_id, cluster_id, dataset_id),
  constraint fk_cluster_identifications_identification foreign key (run_id, dataset_id)
    references public.run_identifications (run_id, dataset_id) on delete cascade
);
create index ix_cluster_identifications_catalogue on public.cluster_identifications (dataset_id, run_id);
