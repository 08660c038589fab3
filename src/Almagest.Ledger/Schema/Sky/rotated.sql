-- A geometry in another system of coordinates: turned by a matrix, row by row, after the E-terms of aberration are taken off (FK4).
create or replace function sky.rotated(shape double precision[], m double precision[], e double precision[])
returns double precision[] language plpgsql immutable strict parallel safe as $$
declare
  v double precision[] := sky.vectors(shape);
  turned double precision[] := '{}';
  x double precision; y double precision; z double precision;
  along double precision;
begin
  for i in 0 .. array_length(v, 1) / 3 - 1 loop
    x := v[3 * i + 1]; y := v[3 * i + 2]; z := v[3 * i + 3];
    if e[1] <> 0 then
      along := 1 + e[1] * x + e[2] * y + e[3] * z;
      x := x * along - e[1]; y := y * along - e[2]; z := z * along - e[3];
    end if;
    turned := turned || sky.position(
      m[1] * x + m[2] * y + m[3] * z, m[4] * x + m[5] * y + m[6] * z, m[7] * x + m[8] * y + m[9] * z);
  end loop;
  return case when array_length(shape, 1) = 3 then turned || shape[3] else turned end;
end $$;
