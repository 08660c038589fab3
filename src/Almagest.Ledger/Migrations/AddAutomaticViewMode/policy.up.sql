-- How the mode of the views is chosen: by the ledger itself (mode auto), or by whoever said so. One row.
create table public.view_policy (
  only_row boolean primary key default true check (only_row),
  automatic boolean not null,
  -- The last step that was taken, or not taken, by itself.
  step text check (step in ('converted', 'advised', 'failed')),
  reason text,
  decided_at timestamptz
);

-- A ledger that is in use keeps the mode that it has.
insert into public.view_policy (automatic)
select not exists (select from public.datasets) and not exists (select from public.discovery_runs);
