-- Summary tables of mode incremental: what the views need, kept up to date by the transaction that completes or deletes a run. Here
-- are those that several views need; the others are in the folders of their views. Empty in mode refresh.
create schema view_summaries;

-- One row. Conversions change it under the mode lock, which every maintaining transaction holds in shared mode.
-- state: steady; building (towards incremental: new runs are applied, old ones follow); leaving (towards refresh).
create table view_summaries.maintenance (
  only_row boolean primary key default true check (only_row),
  mode text not null default 'refresh' check (mode in ('refresh', 'incremental')),
  state text not null default 'steady' check (state in ('steady', 'building', 'leaving')),
  changed_at timestamptz not null default now()
);
insert into view_summaries.maintenance default values;

-- The set of stars that a run analysed. Runs of the same selection share one: denominators are a property of the set.
-- Identified by its size and two order-free sums over its ids, of 64 bits: the exclusive or of their hashes, and of themselves.
create table view_summaries.star_sets (
  set_id bigint generated always as identity primary key,
  star_count bigint not null,
  hash_1 bigint not null,
  hash_2 bigint not null,
  runs bigint not null default 0,
  anomaly_runs bigint not null default 0,
  last_completed timestamptz,
  last_anomaly_completed timestamptz,
  unique (star_count, hash_1, hash_2)
) with (fillfactor = 50);

-- Its members: bit star_id & 1023 of block star_id >> 10. A hundredth of the rows that one per star would need.
create table view_summaries.star_set_blocks (
  block bigint not null,
  set_id bigint not null,
  members bit(1024) not null,
  primary key (block, set_id)
);

create table view_summaries.runs (
  run_id uuid primary key,
  run_type text not null,
  algorithm text not null,
  parameters jsonb not null,
  -- The parameters without the random seed, as text, and its hash.
  parameter_set text not null,
  parameters_hash text not null,
  dataset_id bigint not null,
  set_id bigint not null,
  -- Whether the table of results has those of the flagged and clustered stars alone.
  in_files boolean not null,
  total_stars bigint not null,
  created_at timestamptz not null,
  completed_at timestamptz,
  anomaly_count bigint not null,
  min_anomaly_score double precision,
  max_anomaly_score double precision,
  score_sum numeric,
  score_count bigint not null,
  cluster_count bigint not null,
  min_cluster_size bigint,
  max_cluster_size bigint,
  clustered_stars bigint,
  noise_count bigint not null,
  -- Sum over the other anomaly runs of the Jaccard similarity in fixed point (1e-9).
  similarity_sum bigint not null default 0
) with (fillfactor = 70);
create index on view_summaries.runs (created_at desc);
create index on view_summaries.runs (run_type, created_at desc);
create index on view_summaries.runs (set_id);
