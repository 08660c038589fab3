create or replace function sky.circle(ra double precision, "dec" double precision, radius double precision)
returns double precision[] language plpgsql immutable strict parallel safe as $$
begin
  if radius < 0 then raise exception 'a circle''s radius is negative' using errcode = '22023'; end if;
  return array[ra, "dec", radius];
end $$;
