-- Queries that are answered behind the client's back (UWS 1.1): they outlive the server that took them, and every server of a ledger sees
-- them. Gone after a day, and in no backup.
create table public.tap_jobs (
  job_id text primary key,
  -- Who alone may see it.
  owner text not null,
  created_at timestamptz not null default clock_timestamp(),
  phase text not null check (phase in ('PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED')),
  started_at timestamptz,
  ended_at timestamptz,
  destruction timestamptz not null,
  execution_seconds integer not null,
  -- Pairs of names and values, in their order.
  parameters jsonb not null,
  upload_bytes bigint not null default 0,
  error_status integer,
  error_message text,
  result_type text,
  result_bytes bigint not null default 0,
  is_cut_off boolean not null default false,
  -- Which server works on it, and when that was last heard of; what nobody works on is taken by whoever comes.
  worker uuid,
  heartbeat_at timestamptz,
  attempts integer not null default 0
);
create index ix_tap_jobs_owner on public.tap_jobs (owner, created_at);

-- Tables that came with it, until it has ended.
create table public.tap_job_uploads (
  job_id text not null references public.tap_jobs on delete cascade,
  part text not null,
  content bytea not null,
  primary key (job_id, part)
);

-- Its result, in pieces.
create table public.tap_job_chunks (
  job_id text not null references public.tap_jobs on delete cascade,
  place integer not null,
  content bytea not null,
  primary key (job_id, place)
);
-- Much of it is compressed or of random digits: trying costs more than it saves.
alter table public.tap_job_uploads alter column content set storage external;
alter table public.tap_job_chunks alter column content set storage external;
