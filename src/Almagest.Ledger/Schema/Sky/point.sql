-- A geometry is an array of degrees, ICRS: of two numbers a position, of three a circle (centre, radius), of more a polygon (its corners).
create or replace function sky.point(ra double precision, "dec" double precision) returns double precision[]
language sql immutable strict parallel safe as $$ select array[ra, "dec"] $$;
