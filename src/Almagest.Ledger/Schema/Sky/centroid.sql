-- The middle of a geometry: a circle's centre, the centre of mass of a polygon's inside, brought to the sphere.
create or replace function sky.centroid(shape double precision[]) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  v double precision[];
  n int;
  a int; b int;
  nx double precision; ny double precision; nz double precision;
  norm double precision;
  x double precision := 0; y double precision := 0; z double precision := 0;
  cx double precision := 0; cy double precision := 0; cz double precision := 0;
begin
  if array_length(shape, 1) <= 3 then return shape[1:2]; end if;
  v := sky.vectors(shape);
  n := array_length(v, 1) / 3;
  -- The integral of all positions of the inside is half the sum of the sides' normals times their lengths.
  for i in 0 .. n - 1 loop
    a := 3 * i; b := 3 * ((i + 1) % n);
    nx := v[a + 2] * v[b + 3] - v[a + 3] * v[b + 2];
    ny := v[a + 3] * v[b + 1] - v[a + 1] * v[b + 3];
    nz := v[a + 1] * v[b + 2] - v[a + 2] * v[b + 1];
    norm := sqrt(nx * nx + ny * ny + nz * nz);
    cx := cx + v[a + 1]; cy := cy + v[a + 2]; cz := cz + v[a + 3];
    if norm > 0 then
      norm := radians(sky.angle(v[a + 1], v[a + 2], v[a + 3], v[b + 1], v[b + 2], v[b + 3])) / norm;
      x := x + nx * norm; y := y + ny * norm; z := z + nz * norm;
    end if;
  end loop;
  -- Corners on one line have an inside of nothing, and their middle.
  if x * x + y * y + z * z < 1e-28 then x := cx; y := cy; z := cz; end if;
  if x * cx + y * cy + z * cz < 0 then x := -x; y := -y; z := -z; end if;
  return sky.position(x, y, z);
end $$;
