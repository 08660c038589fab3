-- The polygon through the corners of a box.
create or replace function sky.box(ra double precision, "dec" double precision, width double precision, height double precision)
returns double precision[] language plpgsql immutable strict parallel safe as $$
declare
  low double precision := greatest("dec" - height / 2, -90);
  high double precision := least("dec" + height / 2, 90);
begin
  return array[ra - width / 2, low, ra + width / 2, low, ra + width / 2, high, ra - width / 2, high];
end $$;
