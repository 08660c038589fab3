-- Adds (sign 1) or takes away (sign -1) the similarities of one run from its own sum and from those of the other runs.
create function view_summaries.add_similarities(target uuid, sign integer) returns void language sql as $$
  with others as (
    select case when p.run_1_id = target then p.run_2_id else p.run_1_id end as run_id, round(p.jaccard_similarity * 1e9)::bigint as
      similarity
      from view_summaries.run_pairs p
     where (p.run_1_id = target or p.run_2_id = target) and p.overlap_count > 0
  ),
  changes as (
    select run_id, similarity from others
    union all
    select target, coalesce(sum(similarity), 0)::bigint from others
  )
  update view_summaries.runs r set similarity_sum = r.similarity_sum + sign * c.similarity
    from changes c where r.run_id = c.run_id and c.similarity <> 0
$$;
