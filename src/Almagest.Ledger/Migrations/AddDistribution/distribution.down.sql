do $$
begin
  if exists (select 1 from public.ledger_distribution) then
    raise exception 'the ledger is distributed, and what it was before this migration knows nothing of that'
      using errcode = 'object_not_in_prerequisite_state', hint = 'Bring its tables together again first.';
  end if;
end $$;
drop table public.unseen_rows;
drop table public.ledger_distribution;
