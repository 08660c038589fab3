-- Each anomaly run with its algorithm and selection, and its parameters with their defaults and without the seed.
create table view_summaries.settled_runs (
  run_id uuid primary key,
  setting jsonb not null,
  parameters jsonb not null
);

-- Each run once for each of its parameters, at the hash of all that is left without it, and once whole, as '': two runs that differ in one
-- parameter meet in one place, however many runs there are.
create table view_summaries.parameter_places (
  place bigint not null,
  run_id uuid not null,
  parameter text not null,
  value jsonb not null,
  primary key (place, run_id, parameter)
);
create index on view_summaries.parameter_places (run_id);

create table view_summaries.sensitivity_pairs (
  run_1_id uuid not null,
  run_2_id uuid not null,
  parameter text not null,
  value_1 jsonb not null,
  value_2 jsonb not null,
  -- Flags among the stars that both analysed, where these may be fewer than each did; else null, and those of run_pairs.
  run_1_count bigint,
  run_2_count bigint,
  primary key (run_1_id, run_2_id)
);
create index on view_summaries.sensitivity_pairs (run_2_id);
