if run.run_type = 'anomaly' then
  if flags.stars > 0 then
    insert into view_summaries.flag_blocks (block, run_id, flags, star_ids)
    select star_id >> 10, target, bit_or(set_bit(B'0'::bit(1024), (star_id & 1023)::int, 1)), array_agg(star_id order by star_id)
      from unnest(analysed.flagged) as star_id
     group by star_id >> 10;
  end if;
  perform view_summaries.add_pairs(run, flags.stars);
end if;
