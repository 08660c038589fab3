-- Whether sides of two polygons cross each other, between their ends. Both as vectors.
create or replace function sky.crosses(v double precision[], w double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
declare
  n int := array_length(v, 1) / 3;
  m int := array_length(w, 1) / 3;
  a int; b int; c int; d int;
  nx double precision; ny double precision; nz double precision;
  mx double precision; my double precision; mz double precision;
  x double precision; y double precision; z double precision;
begin
  for i in 0 .. n - 1 loop
    a := 3 * i; b := 3 * ((i + 1) % n);
    nx := v[a + 2] * v[b + 3] - v[a + 3] * v[b + 2];
    ny := v[a + 3] * v[b + 1] - v[a + 1] * v[b + 3];
    nz := v[a + 1] * v[b + 2] - v[a + 2] * v[b + 1];
    for j in 0 .. m - 1 loop
      c := 3 * j; d := 3 * ((j + 1) % m);
      if (nx * w[c + 1] + ny * w[c + 2] + nz * w[c + 3]) * (nx * w[d + 1] + ny * w[d + 2] + nz * w[d + 3]) >= 0 then continue; end if;
      mx := w[c + 2] * w[d + 3] - w[c + 3] * w[d + 2];
      my := w[c + 3] * w[d + 1] - w[c + 1] * w[d + 3];
      mz := w[c + 1] * w[d + 2] - w[c + 2] * w[d + 1];
      if (mx * v[a + 1] + my * v[a + 2] + mz * v[a + 3]) * (mx * v[b + 1] + my * v[b + 2] + mz * v[b + 3]) >= 0 then continue; end if;
      -- The great circles meet twice; both sides must have the same one of the two.
      x := ny * mz - nz * my; y := nz * mx - nx * mz; z := nx * my - ny * mx;
      if (x * (v[a + 1] + v[b + 1]) + y * (v[a + 2] + v[b + 2]) + z * (v[a + 3] + v[b + 3]))
        * (x * (w[c + 1] + w[d + 1]) + y * (w[c + 2] + w[d + 2]) + z * (w[c + 3] + w[d + 3])) > 0
      then return true; end if;
    end loop;
  end loop;
  return false;
end $$;
