-- The unit vectors of a geometry's positions, x, y and z of one after the other; a circle's radius has none.
create or replace function sky.vectors(shape double precision[]) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  vectors double precision[] := '{}';
  across double precision;
begin
  for i in 1 .. array_length(shape, 1) / 2 loop
    across := cosd(shape[2 * i]);
    vectors := vectors || array[across * cosd(shape[2 * i - 1]), across * sind(shape[2 * i - 1]), sind(shape[2 * i])];
  end loop;
  return vectors;
end $$;
