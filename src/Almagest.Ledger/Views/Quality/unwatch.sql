do $$
begin
  if exists (select 1 from public.ledger_distribution) then return; end if;
  drop trigger if exists lock_for_labels on public.star_labels;
  drop trigger if exists judge_new_labels on public.star_labels;
  drop trigger if exists judge_changed_labels on public.star_labels;
  drop trigger if exists judge_lost_labels on public.star_labels;
end $$;
