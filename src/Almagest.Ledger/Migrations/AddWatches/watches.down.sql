drop table public.watch_news;
drop table public.watches;
