drop table public.run_tasks;
