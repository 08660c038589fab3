-- Which runs touch which view. A view that counts every run, not only complete ones, has every_change.
create table public.analytics_views (
  view_name text primary key,
  run_types text[] not null,
  every_change boolean not null default false
);
