-- The tasks of a run that several workers share. A run that has any is worked on by them alone. What they make of its stars is kept here
-- until the last of them stores the results, in the one transaction in which the run becomes complete.
create table public.run_tasks (
  run_id uuid not null constraint fk_run_tasks_discovery_runs_run_id references public.discovery_runs (run_id) on delete cascade,
  number integer not null,
  -- 0 prepare, 1 score, 2 threshold, 3 draw, 4 complete: each begins when all tasks of those before it are done.
  phase integer not null constraint ck_run_tasks_phase check (phase between 0 and 4),
  -- Of a tile: the stars of the selection between two ids, both included, how many there are, and what they hold.
  first_star bigint,
  last_star bigint,
  stars integer,
  digest bytea,
  status text not null default 'waiting' constraint ck_run_tasks_status check (status in ('waiting', 'running', 'done')),
  worker text,
  heartbeat_at timestamptz,
  attempts integer not null default 0,
  losses integer not null default 0,
  not_before timestamptz not null default '-infinity',
  -- Of the program that prepared the run: only its like goes on with it.
  program_version text,
  outcome bytea,
  constraint pk_run_tasks primary key (run_id, number)
);
create index ix_run_tasks_open on public.run_tasks (run_id, phase) where status <> 'done';
-- Numbers of random digits: trying to compress them costs more than it saves.
alter table public.run_tasks alter column outcome set storage external;
