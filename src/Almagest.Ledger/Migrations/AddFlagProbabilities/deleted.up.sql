-- What was deleted comes back whole.
alter table public.deleted_results
  add column flag_probability double precision,
  add column score_spread double precision,
  add column membership_stability double precision;
