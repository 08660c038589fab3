if kept_set is null and exists (select 1 from public.star_labels) then
  insert into view_summaries.quality select * from view_summaries.quality_of(target);
end if;
