-- The position of a vector of any length but zero: longitude in [0, 360) and latitude, degrees.
create or replace function sky.position(x double precision, y double precision, z double precision) returns double precision[]
language sql immutable strict parallel safe as $$
  select array[case when l < 0 then case when l + 360 < 360 then l + 360 else 0 end else l end, atan2d(z, sqrt(x * x + y * y))]
  from (select atan2d(y, x) as l) as longitude
$$;
