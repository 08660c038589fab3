alter table public.deleted_results
  drop column flag_probability,
  drop column score_spread,
  drop column membership_stability;

-- Their hash counts what the draws said, which goes: an older program, and this one when it comes back, would take it for tampered with.
-- The parameter stays, for the summaries of the views show it: an older program says that it cannot repeat such a run.
alter table public.discovery_runs disable trigger user;
update public.discovery_runs r
   set results_hash = null, results_hash_version = null
 where (r.parameters ->> 'draws')::integer > 0
   and exists (
     select from public.discovery_results s
     where s.run_id = r.run_id and (s.flag_probability is not null or s.membership_stability is not null)
   );
alter table public.discovery_runs enable trigger user;
