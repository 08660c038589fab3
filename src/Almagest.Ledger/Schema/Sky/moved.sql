-- Where a star is at another epoch, moving straight through space (ESA SP-1200, volume 1, section 1.5.5): position in degrees, parallax in
-- mas, proper motion in mas/yr, radial velocity in km/s. What is not known counts as none; a parallax not above 0 is not known.
create or replace function sky.moved(ra double precision, "dec" double precision, parallax double precision, pmra double precision,
  pmdec double precision, radial_velocity double precision, ref_epoch double precision, out_epoch double precision)
returns double precision[] language plpgsql immutable parallel safe as $$
declare
  mas constant double precision := pi() / 648000000;
  au_km_s constant double precision := 149597870.7 / (365.25 * 86400);
  t double precision := out_epoch - ref_epoch;
  distant boolean := not coalesce(parallax > 0, false);
  zeta double precision; square double precision; f double precision; g double precision;
  sa double precision := sind(ra); ca double precision := cosd(ra);
  sd double precision := sind("dec"); cd double precision := cosd("dec");
  rx double precision; ry double precision; rz double precision;
  mx double precision; my double precision; mz double precision;
  ux double precision; uy double precision; uz double precision;
  there double precision[];
begin
  if ra is null or "dec" is null or t is null then
    raise exception 'ivo_epoch_prop needs ra, dec and both epochs of each row; one of them is NULL' using errcode = '22004';
  end if;
  pmra := coalesce(pmra, 0) * mas; pmdec := coalesce(pmdec, 0) * mas;
  zeta := case when distant then 0 else coalesce(radial_velocity, 0) * parallax * mas / au_km_s end;
  rx := cd * ca; ry := cd * sa; rz := sd;
  mx := -sa * pmra - sd * ca * pmdec; my := ca * pmra - sd * sa * pmdec; mz := cd * pmdec;
  square := mx * mx + my * my + mz * mz;
  f := 1 / sqrt(1 + 2 * zeta * t + (square + zeta * zeta) * t * t);
  g := 1 + zeta * t;
  ux := (rx * g + mx * t) * f; uy := (ry * g + my * t) * f; uz := (rz * g + mz * t) * f;
  there := sky.position(ux, uy, uz);
  rx := (mx * g - rx * square * t) * f ^ 3; ry := (my * g - ry * square * t) * f ^ 3; rz := (mz * g - rz * square * t) * f ^ 3;
  sa := sind(there[1]); ca := cosd(there[1]); sd := sind(there[2]); cd := cosd(there[2]);
  return array[
    there[1], there[2], parallax * f, (ca * ry - sa * rx) / mas, (cd * rz - sd * ca * rx - sd * sa * ry) / mas,
    case when distant then radial_velocity
      else (zeta + (square + zeta * zeta) * t) * f * f / (parallax * f * mas) * au_km_s end
  ];
end $$;
