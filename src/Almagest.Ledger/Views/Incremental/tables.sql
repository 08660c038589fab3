-- Summary tables of mode incremental: what the eight views need, kept up to date by the transaction that completes or
-- deletes a run. Empty in mode refresh. Nothing outside this folder reads them but the views of the same names.
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

-- Members that no catalogue row describes; the frequency view finds the others in stars.
create table view_summaries.undescribed_stars (star_id bigint primary key);

create table view_summaries.star_set_cells (
  set_id bigint not null,
  dataset_id bigint not null,
  healpix_6 bigint not null,
  stars bigint not null,
  primary key (dataset_id, healpix_6, set_id)
);
create index on view_summaries.star_set_cells (set_id);

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

create table view_summaries.clusters (
  run_id uuid not null,
  cluster_id integer not null,
  cluster_size bigint not null,
  star_ids bigint[] not null,
  completed_at timestamptz,
  primary key (run_id, cluster_id)
);

-- Flagged stars alone: only they change when a run completes. No index on a counter, so that updates stay HOT. With the cell
-- of the sky (null where no catalogue row describes the star), so that counting a run's flags by cell need not find its stars again.
create table view_summaries.flagged_stars (
  star_id bigint primary key,
  dataset_id bigint,
  healpix_6 bigint,
  anomaly_count bigint not null,
  score_sum numeric not null,
  score_count bigint not null
) with (fillfactor = 70);

-- The flags of each anomaly run as bits, blocks as in star_set_blocks, and as ids (ascending): two runs are intersected
-- block by block, bits to count, ids to list.
create table view_summaries.flag_blocks (
  block bigint not null,
  run_id uuid not null,
  flags bit(1024) not null,
  star_ids bigint[] not null,
  primary key (block, run_id)
);
create index on view_summaries.flag_blocks (run_id, block);

-- Each pair of anomaly runs. A pair never changes once both are complete; the shared stars are found when read.
create table view_summaries.run_pairs (
  run_1_id uuid not null,
  run_1_count bigint not null,
  run_2_id uuid not null,
  run_2_count bigint not null,
  overlap_count bigint not null,
  jaccard_similarity double precision not null,
  last_updated timestamptz,
  primary key (run_1_id, run_2_id)
);
create index on view_summaries.run_pairs (run_2_id);
create index on view_summaries.run_pairs (jaccard_similarity desc, run_1_id, run_2_id);

-- Stars in a dataset's cells; a dataset has a row in counted_datasets once its stars are counted.
create table view_summaries.counted_datasets (dataset_id bigint primary key);
create table view_summaries.dataset_cells (
  dataset_id bigint not null,
  healpix_6 bigint not null,
  stars bigint not null,
  primary key (dataset_id, healpix_6)
);

-- Flags in a dataset's cells: the 64 cells of a HEALPix cell of order 3 in one row, in their order, since a run changes most of
-- them. Cells without stars, or a region without a row, have none.
create table view_summaries.region_flags (
  dataset_id bigint not null,
  healpix_3 bigint not null,
  flags bigint[] not null,
  primary key (dataset_id, healpix_3)
) with (fillfactor = 50);

-- Rows of mv_discovery_quality, written when a run completes and when a label of one of its stars changes.
create table view_summaries.quality (
  run_id uuid not null,
  label_set text not null,
  run_type text not null,
  labelled_stars bigint not null,
  positives bigint,
  true_positives bigint,
  false_positives bigint,
  false_negatives bigint,
  true_negatives bigint,
  precision double precision,
  recall double precision,
  f1 double precision,
  average_precision double precision,
  adjusted_rand_index double precision,
  purity double precision,
  last_updated timestamptz,
  primary key (run_id, label_set)
);

-- Arrays of ids are compressed with every run: by lz4 where the server has it, several times faster than the default.
do $$
begin
  if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
    alter table view_summaries.clusters alter column star_ids set compression lz4;
    alter table view_summaries.flag_blocks alter column star_ids set compression lz4;
  end if;
end $$;
