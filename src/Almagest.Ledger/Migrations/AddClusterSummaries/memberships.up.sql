-- The two columns change their names, so that HDBSCAN's values, of which a ledger may have many millions, stay where they are.
alter table public.discovery_results rename column membership_probability to membership_before;
alter table public.discovery_results rename column membership_strength to membership_probability;
alter table public.discovery_results rename column membership_before to membership_strength;

-- What runs of auto stored is a probability.
update public.discovery_results r
   set membership_probability = r.membership_strength, membership_strength = null
  from public.discovery_runs d
 where d.run_id = r.run_id and d.algorithm = 'auto';

-- A complete run is not rewritten: what is said here of its hash was always so, and no view shows it.
alter table public.discovery_runs disable trigger user;
update public.discovery_runs set results_hash_version = 1 where results_hash is not null;
alter table public.discovery_runs enable trigger user;
