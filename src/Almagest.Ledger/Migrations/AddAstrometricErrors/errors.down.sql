-- The schema before keeps them among the other columns of the file. What is there already is the file's own value.
alter table public.stars disable trigger user;

update public.stars set extra = jsonb_strip_nulls(jsonb_build_object(
  'ra_error', ra_error, 'dec_error', dec_error, 'pmra_error', pmra_error,
  'pmdec_error', pmdec_error, 'ra_dec_corr', ra_dec_corr, 'ra_parallax_corr', ra_parallax_corr,
  'ra_pmra_corr', ra_pmra_corr, 'ra_pmdec_corr', ra_pmdec_corr, 'dec_parallax_corr', dec_parallax_corr,
  'dec_pmra_corr', dec_pmra_corr, 'dec_pmdec_corr', dec_pmdec_corr, 'parallax_pmra_corr', parallax_pmra_corr,
  'parallax_pmdec_corr', parallax_pmdec_corr, 'pmra_pmdec_corr', pmra_pmdec_corr, 'phot_bp_rp_excess_factor', phot_bp_rp_excess_factor,
  'radial_velocity_error', radial_velocity_error
)) || coalesce(extra, '{}')
where num_nonnulls(
  ra_error, dec_error, pmra_error, pmdec_error, ra_dec_corr, ra_parallax_corr,
  ra_pmra_corr, ra_pmdec_corr, dec_parallax_corr, dec_pmra_corr, dec_pmdec_corr, parallax_pmra_corr,
  parallax_pmdec_corr, pmra_pmdec_corr, phot_bp_rp_excess_factor, radial_velocity_error
) > 0;

alter table public.stars enable trigger user;
