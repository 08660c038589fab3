-- On a distributed ledger whoever writes stars calls after_stars instead.
do $$
begin
  if exists (select 1 from public.ledger_distribution) then return; end if;
  create trigger count_new_stars after insert on public.stars
    referencing new table as changed for each statement execute function view_summaries.follow_new_stars();
  create trigger count_lost_stars after delete on public.stars
    referencing old table as changed for each statement execute function view_summaries.follow_lost_stars();
end $$;
