update public.discovery_results r
   set membership_strength = r.membership_probability
  from public.discovery_runs d
 where d.run_id = r.run_id and d.algorithm = 'auto';

-- The column that is dropped next is the one that was added; the older one has its name again.
alter table public.discovery_results rename column membership_strength to membership_before;
alter table public.discovery_results rename column membership_probability to membership_strength;
alter table public.discovery_results rename column membership_before to membership_probability;

-- An older program would take a hash of the second rule for one of the first, and its run for tampered with.
alter table public.discovery_runs disable trigger user;
update public.discovery_runs set results_hash = null where results_hash_version > 1;
alter table public.discovery_runs enable trigger user;
