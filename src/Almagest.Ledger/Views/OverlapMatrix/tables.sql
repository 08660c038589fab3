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

-- Arrays of ids are compressed with every run: by lz4 where the server has it, several times faster than the default.
do $$
begin
  if exists (select 1 from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
    alter table view_summaries.flag_blocks alter column star_ids set compression lz4;
  end if;
end $$;

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
