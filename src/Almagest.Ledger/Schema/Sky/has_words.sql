-- Whether a text has all words of another, in any case and without endings, as a search engine would look for them.
create or replace function sky.has_words(haystack text, needle text) returns int language sql immutable strict parallel safe as $$
  select case
    when to_tsvector('pg_catalog.english', haystack) @@ plainto_tsquery('pg_catalog.english', needle)
      or (numnode(plainto_tsquery('pg_catalog.english', needle)) = 0
        and to_tsvector('pg_catalog.simple', haystack) @@ plainto_tsquery('pg_catalog.simple', needle))
    then 1 else 0 end
$$;
