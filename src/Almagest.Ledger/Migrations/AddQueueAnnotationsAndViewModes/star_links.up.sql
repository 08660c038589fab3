-- Links carry no foreign key (checking one costs more than writing the row): this trigger takes them away with their match.
create function public.delete_match_links() returns trigger language plpgsql as $$
begin
  delete from public.star_links where match_id = old.match_id;
  return old;
end $$;

create trigger delete_match_links before delete on public.cross_matches
  for each row execute function public.delete_match_links();
