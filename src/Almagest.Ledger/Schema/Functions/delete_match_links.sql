-- Links carry no foreign key (checking one costs more than writing the row): this trigger takes them away with their match.
create or replace function public.delete_match_links() returns trigger language plpgsql as $$
begin
  delete from public.star_links where match_id = old.match_id;
  return old;
end $$;
