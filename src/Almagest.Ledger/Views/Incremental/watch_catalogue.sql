-- Made when a conversion to mode incremental begins, dropped when it is left: to hand the changed rows to a trigger, PostgreSQL
-- keeps a copy of each row that a load writes, which mode refresh has no use for.
create trigger count_new_stars after insert on public.stars
  referencing new table as changed for each statement execute function view_summaries.follow_new_stars();
create trigger count_lost_stars after delete on public.stars
  referencing old table as changed for each statement execute function view_summaries.follow_lost_stars();
create trigger lock_for_labels before insert or update or delete on public.star_labels
  for each statement execute function view_summaries.lock_for_labels();
create trigger judge_new_labels after insert on public.star_labels
  referencing new table as changed for each statement execute function view_summaries.follow_labels();
create trigger judge_changed_labels after update on public.star_labels
  referencing new table as changed for each statement execute function view_summaries.follow_labels();
create trigger judge_lost_labels after delete on public.star_labels
  referencing old table as changed for each statement execute function view_summaries.follow_labels();
