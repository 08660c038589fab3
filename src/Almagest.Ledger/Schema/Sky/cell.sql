-- The nested HEALPix cell of order 29 that holds a position.
create or replace function sky.cell(ra double precision, "dec" double precision) returns bigint
language plpgsql immutable strict parallel safe as $$
declare
  f bigint[] := sky.in_face(ra, "dec");
begin
  return (f[1] << 58) + sky.spread(f[2]) + (sky.spread(f[3]) << 1);
end $$;
