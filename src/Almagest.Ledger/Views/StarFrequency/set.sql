-- Of a run whose results are in files only stars have rows that the catalogue describes.
if kept_set is null then
  insert into view_summaries.undescribed_stars (star_id)
  select r.star_id
    from public.discovery_results r
   where r.run_id = target and not exists (select 1 from public.stars s where s.star_id = r.star_id)
  on conflict do nothing;
end if;
