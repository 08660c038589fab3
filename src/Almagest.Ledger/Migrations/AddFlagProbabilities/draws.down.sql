alter table public.deleted_results
  drop column flag_probability,
  drop column score_spread,
  drop column membership_stability;

-- Without what their draws said, runs are as if they had made none; an older program would not know the parameter, and would take their
-- hash, which counts the draws, for tampered with.
alter table public.discovery_runs disable trigger user;
update public.discovery_runs r
   set results_hash = null, results_hash_version = null
 where (r.parameters ->> 'draws')::integer > 0
   and exists (
     select from public.discovery_results s
     where s.run_id = r.run_id and (s.flag_probability is not null or s.membership_stability is not null)
   );
update public.discovery_runs set parameters = parameters - 'draws' where parameters ? 'draws';
alter table public.discovery_runs enable trigger user;
