-- On a distributed ledger no trigger follows what is written into stars and labels: whoever writes them calls these, once a transaction.
-- On others, where the triggers do it, they do nothing.

-- Notes a change of stars or star_labels for the next refresh, as record_table_change does.
create function view_summaries.note_written(name text) returns void language plpgsql as $$
begin
  if not view_summaries.are_refreshed() then return; end if;
  insert into public.pending_view_changes (view_name, change)
  select v.view_name, name from public.analytics_views v where name = any (v.tables);
  if found then
    perform pg_notify('almagest_view_changes', '');
  end if;
end $$;

-- Before labels are written: the order of locks is mode, apply, labels.
create function view_summaries.before_labels() returns void language plpgsql as $$
begin
  if view_summaries.is_distributed() and view_summaries.are_kept() then perform view_summaries.lock_for_change(); end if;
end $$;

-- After the labels of these stars were written.
create function view_summaries.after_labels(written bigint[]) returns void language plpgsql as $$
begin
  if not view_summaries.is_distributed() or coalesce(array_length(written, 1), 0) = 0 then return; end if;
  perform view_summaries.note_written('star_labels');
  if view_summaries.are_kept() then
    perform view_summaries.judge_analyses(written);
    perform view_summaries.mark_table_changed('star_labels');
  end if;
end $$;

-- After the stars of a dataset were loaded, corrected or deleted.
create function view_summaries.after_stars(dataset bigint) returns void language plpgsql as $$
begin
  if not view_summaries.is_distributed() then return; end if;
  perform view_summaries.note_written('stars');
  if view_summaries.are_kept() then
    perform view_summaries.lock_for_change();
    perform view_summaries.recount_dataset(dataset);
    perform view_summaries.mark_table_changed('stars');
  end if;
end $$;

-- After the stars of a dataset that is read where it lies were counted by cell, or their counts deleted: on any ledger, for they have no
-- trigger.
create function view_summaries.after_cells(dataset bigint) returns void language plpgsql as $$
begin
  perform view_summaries.note_written('in_place_cells');
  if view_summaries.are_kept() then
    perform view_summaries.lock_for_change();
    perform view_summaries.recount_dataset(dataset);
    perform view_summaries.mark_table_changed('in_place_cells');
  end if;
end $$;

-- After a run stored stars of a dataset that is read where it lies: earlier runs whose results are in files may have analysed them, too, so
-- that they get rows, whatever the run itself touches. On any ledger: a trigger on stars cannot tell them from those of a load.
create function view_summaries.after_kept_stars() returns void language plpgsql as $$
begin
  perform view_summaries.note_written('kept_stars');
  if view_summaries.are_kept() then
    perform view_summaries.lock_for_change();
    perform view_summaries.mark_table_changed('kept_stars');
  end if;
end $$;
