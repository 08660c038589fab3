-- The centre of a nested HEALPix cell.
create or replace function sky.cell_center(cell_order bigint, cell bigint) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  nside bigint;
  face int; x bigint := 0; y bigint := 0;
  ring bigint; per_quadrant bigint; step bigint;
  colatitude double precision; "dec" double precision;
begin
  if cell_order not between 0 and 29 then
    raise exception 'the order % is not between 0 and 29', cell_order using errcode = '22023';
  end if;
  nside := 1::bigint << cell_order::int;
  if cell < 0 or cell >= 12 * nside * nside then
    raise exception 'there is no cell % of order %', cell, cell_order using errcode = '22023';
  end if;
  face := (cell / (nside * nside))::int;
  for i in 0 .. cell_order::int - 1 loop
    x := x | (((cell >> (2 * i)) & 1) << i);
    y := y | (((cell >> (2 * i + 1)) & 1) << i);
  end loop;
  ring := (face / 4 + 2) * nside - x - y - 1;
  if ring < nside or ring > 3 * nside then
    per_quadrant := least(ring, 4 * nside - ring);
    colatitude := 2 * asind(per_quadrant::double precision / nside * sqrt(1.0::double precision / 6));
    "dec" := case when ring < nside then 90 - colatitude else colatitude - 90 end;
  else
    per_quadrant := nside;
    "dec" := asind((2 * nside - ring) * 2.0::double precision / (3 * nside));
  end if;
  step := (case when face / 4 = 1 then 2 * (face % 4) else 2 * (face % 4) + 1 end) * per_quadrant + x - y;
  if step < 0 then step := step + 8 * per_quadrant; end if;
  return array[45.0::double precision * step / per_quadrant, "dec"];
end $$;
