create table view_summaries.clusters (
  run_id uuid not null,
  cluster_id integer not null,
  cluster_size bigint not null,
  star_ids bigint[] not null,
  completed_at timestamptz,
  primary key (run_id, cluster_id)
);

-- Arrays of ids are compressed with every run: by lz4 where the server has it, several times faster than the default.
do $$
begin
  if exists (select 1 from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
    alter table view_summaries.clusters alter column star_ids set compression lz4;
  end if;
end $$;
