drop table public.view_policy;
