-- Where a position lies among the cells of order 29: the base cell, and the steps along its two sides from its south corner (Gorski et al.
-- 2005, ApJ 622, 759).
create or replace function sky.in_face(ra double precision, "dec" double precision) returns bigint[]
language plpgsql immutable strict parallel safe as $$
declare
  nside constant double precision := 536870912;
  quadrants double precision;
  z double precision;
  rising bigint; falling bigint;
  p bigint; m bigint;
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
    rising := trunc(nside * (0.5::double precision + quadrants) - nside * (z * 0.75::double precision))::bigint;
    falling := trunc(nside * (0.5::double precision + quadrants) + nside * (z * 0.75::double precision))::bigint;
    p := rising >> 29; m := falling >> 29;
    return array[
      case when p = m then (p & 3) | 4 when p < m then p & 3 else (m & 3) + 8 end,
      falling & 536870911, 536870911 - (rising & 536870911)
    ];
  end if;
  quadrant := least(3, trunc(quadrants)::int);
  from_pole := nside * sin(radians(90 - abs("dec"))) * sqrt(3 / (1 + abs(z)));
  p := least(536870911, trunc((quadrants - quadrant) * from_pole)::bigint);
  m := least(536870911, trunc((1 - (quadrants - quadrant)) * from_pole)::bigint);
  return case when z > 0 then array[quadrant, 536870911 - m, 536870911 - p] else array[quadrant + 8, p, m] end;
end $$;
