-- Null where a coordinate is.
create or replace function sky.polygon(corners double precision[]) returns double precision[]
language sql immutable strict parallel safe as $$
  select case when array_position(corners, null) is null then corners end
$$;
