-- Whether a list of words with # between them has a word, in any case; never where that holds a #.
create or replace function sky.hash_list_has(list text, item text) returns int language sql immutable strict parallel safe as $$
  select case when lower(item) = any (string_to_array(lower(list), '#')) then 1 else 0 end
$$;
