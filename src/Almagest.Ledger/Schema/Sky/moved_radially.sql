-- As sky.moved, with the radial motion in mas/yr in place of the radial velocity, as the Gaia archive has it: it is 0 for a star whose
-- distance is not known. 4.74… km/s are an astronomical unit a Julian year.
create or replace function sky.moved_radially(ra double precision, "dec" double precision, parallax double precision, pmra double precision,
  pmdec double precision, radial_velocity double precision, ref_epoch double precision, out_epoch double precision)
returns double precision[] language sql immutable parallel safe as $$
  select m[1:5] || case when m[3] > 0 then m[6] * m[3] / (149597870.7 / (365.25 * 86400)) else 0 end
  from (select sky.moved(ra, "dec", parallax, pmra, pmdec, radial_velocity, ref_epoch, out_epoch) as m) as there;
$$;
