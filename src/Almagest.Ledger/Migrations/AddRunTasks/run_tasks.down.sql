-- Rows of runs that are not complete: the program before stores none, and would not look for them.
delete from public.discovery_results r using (select distinct run_id from public.run_tasks) t where r.run_id = t.run_id;
delete from public.discovery_exclusions e using (select distinct run_id from public.run_tasks) t where e.run_id = t.run_id;
drop table public.run_tasks;
