-- The numbers of a text, apart by blanks or commas, as DALI writes geometries.
create or replace function sky.numbers(words text, least_count int, most_count int) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  numbers double precision[];
begin
  numbers := regexp_split_to_array(btrim(words, E' \t\r\n()'), '[[:space:],]+')::double precision[];
  if array_length(numbers, 1) not between least_count and most_count
    or (least_count >= 6 and array_length(numbers, 1) % 2 = 1)
    or 'NaN' = any (numbers) or 'Infinity' = any (numbers) or '-Infinity' = any (numbers)
  then
    raise exception 'the text % is not a geometry of that kind', quote_literal(left(words, 80)) using errcode = '22023';
  end if;
  return numbers;
end $$;
