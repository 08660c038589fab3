-- The nested HEALPix cell of order 29 that holds a position (Gorski et al. 2005, ApJ 622, 759).
create or replace function sky.cell(ra double precision, "dec" double precision) returns bigint
language plpgsql immutable strict parallel safe as $$
declare
  nside constant double precision := 536870912;
  quadrants double precision;
  z double precision;
  rising bigint; falling bigint;
  p bigint; m bigint;
  face bigint; x bigint; y bigint;
  quadrant int;
  from_pole double precision;
begin
  if not ("dec" between -90 and 90) or ra in ('NaN', 'Infinity', '-Infinity') then
    raise exception 'a declination is not between -90 and 90 degrees, or a right ascension is not a number' using errcode = '22023';
  end if;
  quadrants := ra - 360 * floor(ra / 360);
  quadrants := case when quadrants >= 360 then 0 else quadrants / 90 end;
  z := sin(radians("dec"));
  if abs(z) <= 2.0::double precision / 3 then
    rising := trunc(nside * (0.5 + quadrants) - nside * (z * 0.75))::bigint;
    falling := trunc(nside * (0.5 + quadrants) + nside * (z * 0.75))::bigint;
    p := rising >> 29; m := falling >> 29;
    face := case when p = m then (p & 3) | 4 when p < m then p & 3 else (m & 3) + 8 end;
    x := falling & 536870911; y := 536870911 - (rising & 536870911);
  else
    quadrant := least(3, trunc(quadrants)::int);
    from_pole := nside * sin(radians(90 - abs("dec"))) * sqrt(3 / (1 + abs(z)));
    p := least(536870911, trunc((quadrants - quadrant) * from_pole)::bigint);
    m := least(536870911, trunc((1 - (quadrants - quadrant)) * from_pole)::bigint);
    if z > 0 then face := quadrant; x := 536870911 - m; y := 536870911 - p;
    else face := quadrant + 8; x := p; y := m; end if;
  end if;
  x := (x | (x << 16)) & 281470681808895; x := (x | (x << 8)) & 71777214294589695;
  x := (x | (x << 4)) & 1085102592571150095; x := (x | (x << 2)) & 3689348814741910323; x := (x | (x << 1)) & 6148914691236517205;
  y := (y | (y << 16)) & 281470681808895; y := (y | (y << 8)) & 71777214294589695;
  y := (y | (y << 4)) & 1085102592571150095; y := (y | (y << 2)) & 3689348814741910323; y := (y | (y << 1)) & 6148914691236517205;
  return (face << 58) + x + (y << 1);
end $$;
