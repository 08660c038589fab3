-- Files that were loaded before have these values among the other columns, under the names of Gaia's data model, which gives them in the
-- units of the new columns. Where the report of a load knows another unit they stay where they are alone; so do the errors of positions
-- that were carried to another epoch.
create function pg_temp.further(extra jsonb, field text, fields text[]) returns double precision language sql immutable as $$
  select case when field = any (fields) and jsonb_typeof(extra -> field) = 'number' then (extra ->> field)::double precision end
$$;

-- No view reads them: nothing changes for it.
alter table public.stars disable trigger user;

do $$
declare
  dataset record;
  fields text[];
begin
  for dataset in select dataset_id, source from public.datasets order by dataset_id loop
    select array_agg(f) into fields from unnest(array[
    'ra_error', 'dec_error', 'pmra_error', 'pmdec_error', 'ra_dec_corr',
    'ra_parallax_corr', 'ra_pmra_corr', 'ra_pmdec_corr', 'dec_parallax_corr', 'dec_pmra_corr',
    'dec_pmdec_corr', 'parallax_pmra_corr', 'parallax_pmdec_corr', 'pmra_pmdec_corr', 'phot_bp_rp_excess_factor',
    'radial_velocity_error'
    ]) f
    where not exists (
      select 1 from jsonb_path_query(dataset.source, '$[*].report.columns[*]') c
      where c ->> 'name' = f and c ->> 'unit' is not null and case
        when f like '%\_corr' or f = 'phot_bp_rp_excess_factor' then c ->> 'unit' ~* '%|percent|mag'
        when f = 'radial_velocity_error' then c ->> 'unit' !~* '^([a-z ]*\[)?km'
        else c ->> 'unit' !~* '^([a-z ]*\[)?mas'
      end
    )
    and not (dataset.source @? '$[*].carried_to' and (f ~ '^(ra|dec)_'));
    update public.stars s set
      ra_error = case when x.ra_error > 0 then x.ra_error end,
      dec_error = case when x.dec_error > 0 then x.dec_error end,
      pmra_error = case when x.pmra_error > 0 then x.pmra_error end,
      pmdec_error = case when x.pmdec_error > 0 then x.pmdec_error end,
      ra_dec_corr = case when x.ra_dec_corr between -1 and 1 then x.ra_dec_corr end,
      ra_parallax_corr = case when x.ra_parallax_corr between -1 and 1 then x.ra_parallax_corr end,
      ra_pmra_corr = case when x.ra_pmra_corr between -1 and 1 then x.ra_pmra_corr end,
      ra_pmdec_corr = case when x.ra_pmdec_corr between -1 and 1 then x.ra_pmdec_corr end,
      dec_parallax_corr = case when x.dec_parallax_corr between -1 and 1 then x.dec_parallax_corr end,
      dec_pmra_corr = case when x.dec_pmra_corr between -1 and 1 then x.dec_pmra_corr end,
      dec_pmdec_corr = case when x.dec_pmdec_corr between -1 and 1 then x.dec_pmdec_corr end,
      parallax_pmra_corr = case when x.parallax_pmra_corr between -1 and 1 then x.parallax_pmra_corr end,
      parallax_pmdec_corr = case when x.parallax_pmdec_corr between -1 and 1 then x.parallax_pmdec_corr end,
      pmra_pmdec_corr = case when x.pmra_pmdec_corr between -1 and 1 then x.pmra_pmdec_corr end,
      phot_bp_rp_excess_factor = case when x.phot_bp_rp_excess_factor > 0 then x.phot_bp_rp_excess_factor end,
      radial_velocity_error = case when x.radial_velocity_error > 0 then x.radial_velocity_error end
    from (
      select star_id,
        pg_temp.further(extra, 'ra_error', fields) as ra_error,
        pg_temp.further(extra, 'dec_error', fields) as dec_error,
        pg_temp.further(extra, 'pmra_error', fields) as pmra_error,
        pg_temp.further(extra, 'pmdec_error', fields) as pmdec_error,
        pg_temp.further(extra, 'ra_dec_corr', fields) as ra_dec_corr,
        pg_temp.further(extra, 'ra_parallax_corr', fields) as ra_parallax_corr,
        pg_temp.further(extra, 'ra_pmra_corr', fields) as ra_pmra_corr,
        pg_temp.further(extra, 'ra_pmdec_corr', fields) as ra_pmdec_corr,
        pg_temp.further(extra, 'dec_parallax_corr', fields) as dec_parallax_corr,
        pg_temp.further(extra, 'dec_pmra_corr', fields) as dec_pmra_corr,
        pg_temp.further(extra, 'dec_pmdec_corr', fields) as dec_pmdec_corr,
        pg_temp.further(extra, 'parallax_pmra_corr', fields) as parallax_pmra_corr,
        pg_temp.further(extra, 'parallax_pmdec_corr', fields) as parallax_pmdec_corr,
        pg_temp.further(extra, 'pmra_pmdec_corr', fields) as pmra_pmdec_corr,
        pg_temp.further(extra, 'phot_bp_rp_excess_factor', fields) as phot_bp_rp_excess_factor,
        pg_temp.further(extra, 'radial_velocity_error', fields) as radial_velocity_error
      from public.stars where dataset_id = dataset.dataset_id and extra ?| fields
    ) x
    where s.star_id = x.star_id;
  end loop;
end $$;

alter table public.stars enable trigger user;

drop function pg_temp.further(jsonb, text, text[]);
