-- The angle between the nearest positions of two geometries, degrees: 0 where they share one.
create or replace function sky.distance(a double precision[], b double precision[]) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  ra double precision := case when array_length(a, 1) = 3 then a[3] else 0 end;
  rb double precision := case when array_length(b, 1) = 3 then b[3] else 0 end;
  v double precision[];
  w double precision[];
  nearest double precision := 180;
begin
  if array_length(a, 1) > 3 and array_length(b, 1) <= 3 then return sky.distance(b, a); end if;
  v := sky.vectors(a); w := sky.vectors(b);
  if array_length(b, 1) <= 3 then
    return greatest(0, sky.angle(v[1], v[2], v[3], w[1], w[2], w[3]) - ra - rb);
  end if;
  if array_length(a, 1) <= 3 then
    if sky.holds(v, w) then return 0; end if;
    return greatest(0, sky.border(v, w) - ra);
  end if;
  if sky.intersects(a, b) then return 0; end if;
  for i in 0 .. array_length(v, 1) / 3 - 1 loop
    nearest := least(nearest, sky.border(v[3 * i + 1 : 3 * i + 3], w));
  end loop;
  for i in 0 .. array_length(w, 1) / 3 - 1 loop
    nearest := least(nearest, sky.border(w[3 * i + 1 : 3 * i + 3], v));
  end loop;
  return nearest;
end $$;
