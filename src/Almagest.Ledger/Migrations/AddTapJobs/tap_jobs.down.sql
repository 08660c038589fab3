drop table public.tap_job_chunks;
drop table public.tap_job_uploads;
drop table public.tap_jobs;
