-- On a distributed ledger whoever writes labels calls before_labels and after_labels instead.
do $$
begin
  if exists (select 1 from public.ledger_distribution) then return; end if;
  create trigger lock_for_labels before insert or update or delete on public.star_labels
    for each statement execute function view_summaries.lock_for_labels();
  create trigger judge_new_labels after insert on public.star_labels
    referencing new table as changed for each statement execute function view_summaries.follow_labels();
  create trigger judge_changed_labels after update on public.star_labels
    referencing new table as changed for each statement execute function view_summaries.follow_labels();
  create trigger judge_lost_labels after delete on public.star_labels
    referencing old table as changed for each statement execute function view_summaries.follow_labels();
end $$;
