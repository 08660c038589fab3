-- The texts of a group with a delimiter between them, up to a length at which whoever asked is told.
create or replace function sky.joined_next(joined text, item text, delimiter text) returns text
language plpgsql immutable parallel safe as $$
begin
  if item is null then return joined; end if;
  if length(joined) + length(item) > 262144 then
    raise exception 'a text of ivo_string_agg would have more than 262144 characters' using errcode = '22001';
  end if;
  return case when joined is null then item else joined || coalesce(delimiter, '') || item end;
end $$;
create aggregate sky.joined(text, text) (sfunc = sky.joined_next, stype = text);
