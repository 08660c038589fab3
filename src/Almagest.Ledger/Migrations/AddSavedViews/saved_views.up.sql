-- What the list of runs shows, under a name: filters, order, columns, as the query of the page's address.
create table public.saved_views (
  name text not null constraint pk_saved_views primary key,
  query text not null,
  saved_by text,
  saved_at timestamptz not null default clock_timestamp()
);
