-- Whether two geometries share a position.
create or replace function sky.intersects(a double precision[], b double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
declare
  v double precision[];
  w double precision[];
begin
  -- Rounding of an angle between double positions, far below a microarcsecond.
  if least(array_length(a, 1), array_length(b, 1)) <= 3 then return sky.distance(a, b) <= 1e-13; end if;
  v := sky.vectors(a); w := sky.vectors(b);
  if sky.crosses(v, w) then return true; end if;
  for i in 0 .. array_length(v, 1) / 3 - 1 loop
    if sky.holds(v[3 * i + 1 : 3 * i + 3], w) then return true; end if;
  end loop;
  for i in 0 .. array_length(w, 1) / 3 - 1 loop
    if sky.holds(w[3 * i + 1 : 3 * i + 3], v) then return true; end if;
  end loop;
  return false;
end $$;
