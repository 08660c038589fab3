-- The angle between two vectors of any length, degrees: accurate for small and for large ones.
create or replace function sky.angle(px double precision, py double precision, pz double precision,
  qx double precision, qy double precision, qz double precision) returns double precision
language sql immutable strict parallel safe as $$
  select atan2d(sqrt((py * qz - pz * qy) ^ 2 + (pz * qx - px * qz) ^ 2 + (px * qy - py * qx) ^ 2), px * qx + py * qy + pz * qz)
$$;
