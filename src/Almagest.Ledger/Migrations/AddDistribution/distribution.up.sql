-- The layout of a ledger whose bulk tables lie on several machines; without a row they lie on one.
create table public.ledger_distribution (
  only_row boolean not null default true constraint pk_ledger_distribution primary key
    constraint ck_ledger_distribution_only_row check (only_row),
  -- Whose work it is, as it names itself.
  engine text not null,
  shards integer not null,
  -- The distributed tables, each with the column that says where a row lies.
  tables jsonb not null,
  distributed_at timestamptz not null default clock_timestamp()
);

-- Bulk rows of such a ledger that nobody sees: of a run, a catalogue or a match that is not there yet, is no more, or never came to be.
create table public.unseen_rows (
  kind text not null constraint ck_unseen_rows_kind check (kind in ('results', 'stars', 'links')),
  -- The id of that run, dataset or match.
  owner text not null,
  since timestamptz not null default clock_timestamp(),
  constraint pk_unseen_rows primary key (kind, owner)
);

-- Their new texts are the scripts' to bring, also in a ledger whose old ones came back on a way down, where the comments stay.
comment on function public.delete_run_results() is null;
comment on function public.delete_dataset_stars() is null;
comment on function public.delete_deleted_rows() is null;
