-- Whether all positions of a geometry are in another one, borders included.
create or replace function sky.contains(inner_shape double precision[], outer_shape double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
declare
  r double precision := case when array_length(inner_shape, 1) = 3 then inner_shape[3] else 0 end;
  reach double precision := case when array_length(outer_shape, 1) = 3 then outer_shape[3] else 0 end;
  v double precision[];
  w double precision[];
begin
  if array_length(outer_shape, 1) <= 3 then
    if reach >= 180 then return true; end if;
    if array_length(inner_shape, 1) <= 3 then
      v := sky.vectors(inner_shape); w := sky.vectors(outer_shape);
      return sky.angle(v[1], v[2], v[3], w[1], w[2], w[3]) + r <= reach + 1e-13;
    end if;
    -- What is farthest from a position is nearest to the one opposite.
    return sky.distance(inner_shape, array[outer_shape[1] + 180, -outer_shape[2]]) >= 180 - reach - 1e-13;
  end if;
  v := sky.vectors(inner_shape); w := sky.vectors(outer_shape);
  if array_length(inner_shape, 1) <= 3 then
    return sky.holds(v, w) and (r = 0 or sky.border(v, w) >= r);
  end if;
  for i in 0 .. array_length(v, 1) / 3 - 1 loop
    if not sky.holds(v[3 * i + 1 : 3 * i + 3], w) then return false; end if;
  end loop;
  return not sky.crosses(v, w);
end $$;
