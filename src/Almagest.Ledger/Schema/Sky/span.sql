-- The first and last cell of order 29 between which all positions within a radius lie, and some beside: for the index, where a row of one
-- table looks for its neighbours in another.
create or replace function sky.span(ra double precision, "dec" double precision, radius double precision) returns bigint[]
language plpgsql immutable strict parallel safe cost 2000 as $$
declare
  f bigint[];
  reach bigint;
  shift int;
  cell bigint;
  low bigint; high bigint;
  far double precision := 4 * abs(radius) + 1e-9;
  x double precision; y double precision; z double precision;
begin
  if not abs(radius) < 2 or not abs("dec") <= 90 then return array[0, 3458764513820540927]; end if;
  -- Nowhere does a step along the sphere change a base cell's coordinates by more than 1.5 times its length; and numbers whose bits
  -- alternate grow with each of the two.
  f := sky.in_face(ra, "dec");
  reach := ceil(1.5::double precision * 536870912 * radians(abs(radius)))::bigint + 4;
  if f[2] >= reach and f[3] >= reach and f[2] + reach < 536870912 and f[3] + reach < 536870912 then
    return array[
      (f[1] << 58) + sky.spread(f[2] - reach) + (sky.spread(f[3] - reach) << 1),
      (f[1] << 58) + sky.spread(f[2] + reach) + (sky.spread(f[3] + reach) << 1)
    ];
  end if;
  -- Where base cells meet: a cell much larger than the cone that touches it also meets a circle of four times the radius, over a stretch
  -- that one of 24 positions hits. The narrowest cell of an order is 22 degrees wide at order 0, and half of that at each one below.
  shift := 58 - 2 * least(29, greatest(0, trunc(ln(22 / (3 * far)) / ln(2.0::double precision))::int));
  low := sky.cell(ra, "dec") >> shift;
  high := low;
  for i in 0 .. 23 loop
    -- The position far away in the direction of 15, 30 ... degrees, as a vector whose x lies on the meridian.
    x := cosd("dec") * cosd(far) - sind("dec") * sind(far) * cosd(15 * i);
    y := sind(far) * sind(15 * i);
    z := sind("dec") * cosd(far) + cosd("dec") * sind(far) * cosd(15 * i);
    cell := sky.cell(ra + atan2d(y, x), atan2d(z, sqrt(x * x + y * y))) >> shift;
    low := least(low, cell); high := greatest(high, cell);
  end loop;
  return array[low << shift, ((high + 1) << shift) - 1];
end $$;
