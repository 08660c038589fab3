-- Whether the bulk tables lie on several machines: no trigger can be on them there, and no snapshot covers them all.
create function view_summaries.is_distributed() returns boolean language plpgsql stable as $$
begin
  -- In a ledger that was rolled back, the table is not there.
  if to_regclass('public.ledger_distribution') is null then return false; end if;
  return exists (select 1 from public.ledger_distribution);
end $$;
