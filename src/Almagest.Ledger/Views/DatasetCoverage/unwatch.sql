do $$
begin
  if exists (select 1 from public.ledger_distribution) then return; end if;
  drop trigger if exists count_new_stars on public.stars;
  drop trigger if exists count_lost_stars on public.stars;
end $$;
