drop trigger delete_dataset_stars on public.datasets;
drop function public.delete_dataset_stars();
drop trigger delete_run_results on public.discovery_runs;
drop function public.delete_run_results();
