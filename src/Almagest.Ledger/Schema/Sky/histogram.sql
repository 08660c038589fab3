-- How many values lie below the lower limit (or are null), in each of the bins, and from the upper limit on.
create or replace function sky.histogram_count(counts double precision[], v double precision, low double precision, high double precision,
  bins bigint) returns double precision[] language plpgsql immutable parallel safe as $$
declare
  bin int;
begin
  if counts is null then
    if bins is null or bins not between 1 and 10000 or not low < high then
      raise exception 'ivo_histogram needs 1 to 10000 bins, and a lower limit below the upper one' using errcode = '22023';
    end if;
    counts := array_fill(0::double precision, array[bins::int + 2]);
  end if;
  bin := case when v is null or v < low then 0 when v >= high then bins + 1
    else least(bins, 1 + floor((v - low) / (high - low) * bins)) end;
  counts[bin + 1] := counts[bin + 1] + 1;
  return counts;
end $$;
create aggregate sky.histogram(double precision, double precision, double precision, bigint) (
  sfunc = sky.histogram_count, stype = double precision[]
);
