drop table public.deletions;
drop function public.delete_deleted_rows();
drop table public.deleted_results;
drop table public.deleted_exclusions;
