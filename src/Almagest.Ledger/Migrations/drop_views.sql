-- Which views there are is asked of the database, so that this text fits those of any version, in either mode, and what an interrupted
-- conversion left. Views that others read go after those.
do $drop$
declare
  found record;
  dropped boolean := true;
begin
  while dropped loop
    dropped := false;
    for found in
      select c.relname, case c.relkind when 'm' then 'materialized view' else 'view' end as kind
      from pg_class c
      join public.analytics_views v on c.relname in (v.view_name, v.view_name || '__next')
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'v')
    loop
      begin
        execute format('drop %s public.%I', found.kind, found.relname);
        dropped := true;
      exception when dependent_objects_still_exist then
        null;
      end;
    end loop;
  end loop;
  -- What is left is read by something that is not ours: the error says by what.
  for found in
    select c.relname, case c.relkind when 'm' then 'materialized view' else 'view' end as kind
    from pg_class c
    join public.analytics_views v on c.relname in (v.view_name, v.view_name || '__next')
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'v')
  loop
    execute format('drop %s public.%I', found.kind, found.relname);
  end loop;
end $drop$;
