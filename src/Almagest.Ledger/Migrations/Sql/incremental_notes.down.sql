drop trigger record_run_change on public.discovery_runs;
create trigger record_run_change after insert or update or delete on public.discovery_runs
  for each row execute function public.record_run_change();

drop trigger record_star_change on public.stars;
create trigger record_star_change after insert or update or delete or truncate on public.stars
  for each statement execute function public.record_table_change();

drop trigger record_label_change on public.star_labels;
create trigger record_label_change after insert or update or delete or truncate on public.star_labels
  for each statement execute function public.record_table_change();
