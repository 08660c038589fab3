-- Whether a polygon holds a position, its border included. Both as vectors. The polygon lies on less than a hemisphere: seen from its
-- middle all sides are straight lines in the tangential plane, and a ray from the position crosses the border an odd number of times.
create or replace function sky.holds(p double precision[], v double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
declare
  n int := array_length(v, 1) / 3;
  cx double precision := 0; cy double precision := 0; cz double precision := 0;
  ex double precision; ey double precision; ez double precision;
  fx double precision; fy double precision; fz double precision;
  norm double precision;
  depth double precision;
  px double precision; py double precision;
  qx double precision; qy double precision;
  rx double precision; ry double precision;
  odd boolean := false;
begin
  for i in 0 .. n - 1 loop
    cx := cx + v[3 * i + 1]; cy := cy + v[3 * i + 2]; cz := cz + v[3 * i + 3];
  end loop;
  for i in 0 .. n - 1 loop
    if v[3 * i + 1] * cx + v[3 * i + 2] * cy + v[3 * i + 3] * cz <= 1e-9 then
      raise exception 'a polygon is wider than a hemisphere' using errcode = '22023';
    end if;
  end loop;
  if sky.border(p, v) < 1e-11 then return true; end if;
  norm := sqrt(cx * cx + cy * cy + cz * cz);
  cx := cx / norm; cy := cy / norm; cz := cz / norm;
  depth := p[1] * cx + p[2] * cy + p[3] * cz;
  if depth <= 0 then return false; end if;
  if abs(cz) < 0.7 then ex := -cy; ey := cx; ez := 0; else ex := 0; ey := -cz; ez := cy; end if;
  fx := cy * ez - cz * ey; fy := cz * ex - cx * ez; fz := cx * ey - cy * ex;
  px := (p[1] * ex + p[2] * ey + p[3] * ez) / depth;
  py := (p[1] * fx + p[2] * fy + p[3] * fz) / depth;
  depth := v[3 * n - 2] * cx + v[3 * n - 1] * cy + v[3 * n] * cz;
  qx := (v[3 * n - 2] * ex + v[3 * n - 1] * ey + v[3 * n] * ez) / depth;
  qy := (v[3 * n - 2] * fx + v[3 * n - 1] * fy + v[3 * n] * fz) / depth;
  for i in 0 .. n - 1 loop
    depth := v[3 * i + 1] * cx + v[3 * i + 2] * cy + v[3 * i + 3] * cz;
    rx := (v[3 * i + 1] * ex + v[3 * i + 2] * ey + v[3 * i + 3] * ez) / depth;
    ry := (v[3 * i + 1] * fx + v[3 * i + 2] * fy + v[3 * i + 3] * fz) / depth;
    if (ry > py) <> (qy > py) and px < (qx - rx) * (py - ry) / (qy - ry) + rx then odd := not odd; end if;
    qx := rx; qy := ry;
  end loop;
  return odd;
end $$;
