-- Square degrees: a cap's, or the triangles' between a polygon's sides and its first corner (Eriksson 1990, Mathematics Magazine 63, 184).
create or replace function sky.area(shape double precision[]) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  v double precision[];
  total double precision := 0;
  a int; b int;
begin
  if array_length(shape, 1) = 2 then return 0; end if;
  if array_length(shape, 1) = 3 then return degrees(degrees(4 * pi() * power(sind(least(shape[3], 180) / 2), 2))); end if;
  v := sky.vectors(shape);
  for i in 1 .. array_length(v, 1) / 3 - 2 loop
    a := 3 * i; b := a + 3;
    total := total + 2 * atan2(
      v[1] * (v[a + 2] * v[b + 3] - v[a + 3] * v[b + 2]) + v[2] * (v[a + 3] * v[b + 1] - v[a + 1] * v[b + 3])
        + v[3] * (v[a + 1] * v[b + 2] - v[a + 2] * v[b + 1]),
      1 + v[1] * v[a + 1] + v[2] * v[a + 2] + v[3] * v[a + 3] + v[a + 1] * v[b + 1] + v[a + 2] * v[b + 2] + v[a + 3] * v[b + 3]
        + v[b + 1] * v[1] + v[b + 2] * v[2] + v[b + 3] * v[3]);
  end loop;
  return degrees(degrees(abs(total)));
end $$;
