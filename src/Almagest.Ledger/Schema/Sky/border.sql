-- The angle from a position to the nearest one of a polygon's border, degrees. Both as vectors.
create or replace function sky.border(p double precision[], v double precision[]) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  n int := array_length(v, 1) / 3;
  nearest double precision := 180;
  a int; b int;
  ax double precision; ay double precision; az double precision;
  qx double precision; qy double precision; qz double precision;
  nx double precision; ny double precision; nz double precision;
  norm double precision;
begin
  for i in 0 .. n - 1 loop
    a := 3 * i; b := 3 * ((i + 1) % n);
    ax := v[a + 1]; ay := v[a + 2]; az := v[a + 3];
    qx := v[b + 1]; qy := v[b + 2]; qz := v[b + 3];
    nearest := least(nearest, sky.angle(p[1], p[2], p[3], ax, ay, az));
    nx := ay * qz - az * qy; ny := az * qx - ax * qz; nz := ax * qy - ay * qx;
    norm := sqrt(nx * nx + ny * ny + nz * nz);
    -- The foot of the perpendicular lies on the side itself.
    if norm > 0
      and p[1] * (ny * az - nz * ay) + p[2] * (nz * ax - nx * az) + p[3] * (nx * ay - ny * ax) > 0
      and p[1] * (qy * nz - qz * ny) + p[2] * (qz * nx - qx * nz) + p[3] * (qx * ny - qy * nx) > 0
    then
      nearest := least(nearest, abs(asind(greatest(-1, least(1, (p[1] * nx + p[2] * ny + p[3] * nz) / norm)))));
    end if;
  end loop;
  return nearest;
end $$;
