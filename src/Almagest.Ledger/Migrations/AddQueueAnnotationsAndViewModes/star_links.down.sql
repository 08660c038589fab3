drop trigger delete_match_links on public.cross_matches;
drop function public.delete_match_links();
