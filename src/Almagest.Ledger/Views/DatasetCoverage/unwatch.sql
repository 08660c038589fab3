drop trigger if exists count_new_stars on public.stars;
drop trigger if exists count_lost_stars on public.stars;
