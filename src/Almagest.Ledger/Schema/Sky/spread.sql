-- The bits of a number below 2^29 moved to the even places.
create or replace function sky.spread(v bigint) returns bigint language plpgsql immutable strict parallel safe as $$
begin
  v := (v | (v << 16)) & 281470681808895;
  v := (v | (v << 8)) & 71777214294589695;
  v := (v | (v << 4)) & 1085102592571150095;
  v := (v | (v << 2)) & 3689348814741910323;
  return (v | (v << 1)) & 6148914691236517205;
end $$;
