using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Small files that trouble readers of catalogues, with the values that astropy, STILTS or their authors give.</summary>
public sealed class FieldReportTests
{
    private static readonly ExpectedTable s_expected = new(
        """
        header_with_number_names.csv | columns | id; ra; dec; 3600; 4500
        header_with_number_names.csv | ra_deg | 10.5; 11.5
        header_with_number_names.csv | dec_deg | -3.25; -4.25
        header_with_number_names.csv | extra 3600 | 1.5; 1.6
        header_with_number_names.csv | extra 4500 | 2.5; 2.6
        units_row_csv.csv | rows | 2
        units_row_csv.csv | source_id | 1; 2
        units_row_csv.csv | ra_deg | 157.5; 172.5
        units_row_csv.csv | dec_deg | -3.25; -4.25
        units_row_csv.csv | parallax_mas | 5; 6
        units_row_csv.csv | pmra_mas_yr | 100; 200
        gaia_prefixed_units.csv | columns | source_id; ra; dec; parallax; pmra; pmdec; Gmag
        gaia_prefixed_units.csv | ra_deg | 10.5; 11.5
        gaia_prefixed_units.csv | dec_deg | -3.25; -4.25
        gaia_prefixed_units.csv | parallax_mas | 5; 6
        gaia_prefixed_units.csv | pmra_mas_yr | 1; 1
        gaia_prefixed_units.csv | pmdec_mas_yr | 2; 2
        gaia_prefixed_units.csv | magnitude | 12; 13
        hyg_hours.csv | rows | 5
        hyg_hours.csv | source_id | 0; 1; 2; 32263; 117999
        hyg_hours.csv | ra_deg | 0; 0.0009; 0.004245; 101.287215; 359.9901
        hyg_hours.csv | dec_deg | 0; 1.089009; -19.49884; -16.716116; -40
        ps1_minus999.csv | source_id | 100010683321221234; 100010683321221235; 100010683321221236
        ps1_minus999.csv | ra_deg | 68.3321; 68.3322; 68.3323
        ps1_minus999.csv | dec_deg | -6.6543; -6.6544; -6.6545
        ps1_minus999.csv | parallax_mas | null; 0.6; null
        ps1_minus999.csv | pmra_mas_yr | null; 1.5; null
        ps1_minus999.csv | pmdec_mas_yr | null; -3.2; null
        ps1_minus999.csv | extra gMeanPSFMag | null; 21.1; null
        ps1_minus999.csv | magnitude | 20.1; 20.2; null
        ps1_minus999.csv | note | -999
        des.csv | ra_deg | 10.5; 11.5
        des.csv | dec_deg | -3.25; -3.25
        lsst_ra.csv | ra_deg | 10.5; 11.5
        lsst_ra.csv | dec_deg | -3.25; -3.25
        lsst_ra.csv | source_id | 1237; 1237
        ztf.csv | ra_deg | 10.5; 11.5
        ztf.csv | dec_deg | -3.25; -3.25
        ztf.csv | source_id | 1237; 1237
        ps1_mean.csv | ra_deg | 10.5; 11.5
        ps1_mean.csv | dec_deg | -3.25; -3.25
        hsc.csv | ra_deg | 10.5; 11.5
        hsc.csv | dec_deg | -3.25; -3.25
        hsc.csv | source_id | 131; 131
        kic.csv | ra_deg | 10.5; 11.5
        kic.csv | dec_deg | -3.25; -3.25
        kic.csv | source_id | 1237; 1237
        excel_semicolon_decimal_comma.csv | rows | 3
        excel_semicolon_decimal_comma.csv | source_id | 4111834567779557376; 4111834567779557377; 4111834567779557378
        excel_semicolon_decimal_comma.csv | ra_deg | 255.123456; 256.123456; 257.123456
        excel_semicolon_decimal_comma.csv | dec_deg | -25.5; -26.5; -27.5
        excel_semicolon_decimal_comma.csv | parallax_mas | 12.5; null; 13.5
        excel_semicolon_decimal_comma.csv | magnitude | 11.25; 12.25; 13.25
        excel_formula_ids.csv | source_id | 4111834567779557376; 4111834567779557377
        excel_formula_ids.csv | ra_deg | 255.1; 256.1
        excel_formula_ids.csv | dec_deg | -25.5; -26.5
        rah_no_sign_column.csv | ra_deg | 157.564583~1e-6; 172.818750~1e-6
        rah_no_sign_column.csv | dec_deg | -5.502778~1e-6; 6.519722~1e-6
        commented_header.dat | refused | No column for right ascension; a, b, c
        commented_header.dat | cell a | 1; 4
        commented_header.dat | cell c | 3; 6
        sextractor_ascii_head.cat | columns | NUMBER; FLUX_ISO; FLUXERR_ISO; MAG_AUTO; ALPHA_J2000; DELTA_J2000; FLAGS
        sextractor_ascii_head.cat | ra_deg | 150.1163789; 150.2163789; 150.3163789
        sextractor_ascii_head.cat | dec_deg | 2.2059123; 2.3059123; -2.4059123
        sextractor_ascii_head.cat | source_id | 1; 2; 3
        sextractor.dat | refused | NUMBER, FLUX_ISO, FLUXERR_ISO, VALU-ES, VALU-ES_1, FLAG
        sextractor.dat | cell NUMBER | 1; 2; 3
        sextractor.dat | cell VALU-ES_1 | 0.271; 2.5219999999999998; 4.7140000000000004
        sextractor2.dat | refused | NUMBER, XWIN_IMAGE, YWIN_IMAGE, MAG_AUTO, MAGERR_AUTO, FLAGS, X2_IMAGE, X_MAMA, MU_MAX
        sextractor2.dat | cell MU_MAX | -3.498; 1.401; 2.512; 2.901; -6.489
        astropy_ascii_fixed_width.txt | columns | source_id; ra; dec; parallax; nobs
        astropy_ascii_fixed_width.txt | source_id | 4111834567779557376; 4111834567779557377; 4111834567779557378
        astropy_ascii_fixed_width.txt | ra_deg | 10.5; 11.5; 12.5
        astropy_ascii_fixed_width.txt | dec_deg | -3.25; -4.25; 5
        astropy_ascii_fixed_width.txt | parallax_mas | 5; null; 7
        astropy_ascii_fixed_width.txt | extra nobs | null; 2; 3
        bars_at_ends.txt | refused | obsid, redshift, X, Y, object, rad
        bars_at_ends.txt | cell rad | 9; 14; 12.5
        bars_at_ends.txt | cell obsid | 3102; 3102; 877
        mrt_null_dashes_first_column.txt | rows | 4
        mrt_null_dashes_first_column.txt | ra_deg | 10.5; 11.5; 12.5; 13.5
        mrt_null_dashes_first_column.txt | dec_deg | -3.25; -4.25; 5.25; 6.25
        mrt_null_dashes_first_column.txt | parallax_mas | 5.1; null; 6.1; 7.1
        ucac4_units_0.1mas.txt | source_id | 001-000001; 001-000002
        ucac4_units_0.1mas.txt | ra_deg | 1.2345678; 2.2345678
        ucac4_units_0.1mas.txt | dec_deg | -89.1234567; -88.1234567
        ucac4_units_0.1mas.txt | pmra_mas_yr | -1.5; 0.8
        ucac4_units_0.1mas.txt | pmdec_mas_yr | 3.2; -12
        ucac4_units_0.1mas.txt | magnitude | 12.345; null
        wide_indent.txt | columns | Name; RAdeg; DEdeg; flag
        wide_indent.txt | ra_deg | 10.5; 11.5
        wide_indent.txt | dec_deg | -3.25; -4.25
        wide_indent.txt | extra flag | x; y
        stilts_long_description.ecsv | source_id | 4651515861503587200
        stilts_long_description.ecsv | ra_deg | 10.5
        stilts_long_description.ecsv | dec_deg | -3.25
        astropy_ecsv_data_mask.ecsv | columns | source_id; ra; dec; parallax; name; nobs
        astropy_ecsv_data_mask.ecsv | parallax_mas | 5; null; 7
        astropy_ecsv_data_mask.ecsv | extra nobs | null; 2; 3
        astropy_ecsv_data_mask.ecsv | extra name | HD 1; null; HD 3
        astropy_skycoord_fk5_J1975.ecsv | parallax_mas | 5; null; 7
        astropy_skycoord_fk5_J1975.ecsv | system | FK5 J1975
        astropy_skycoord_fk5_J1975.ecsv | ra_deg | 10.81882767~3e-5; 11.81820221~3e-5; 12.82296376~3e-5
        astropy_skycoord_fk5_J1975.ecsv | dec_deg | -3.11321631~3e-5; -4.11368624~3e-5; 5.13580090~3e-5
        test_job_results.xml | rows | 5
        test_job_results.xml | source_id | 5991063320161776768
        test_job_results.xml | ra_deg | 242.61876101083934
        test_job_results.xml | dec_deg | -45.52473295671005
        test_job_results.xml | magnitude | 19.400717657650553
        test_job_results.xml | parallax_mas | null; null; null; null; null
        votable_dt_int64.xml | ra_deg | 10.5
        votable_dt_int64.xml | extra x | 7
        votable_dt_int64.xml | note | int64
        votable_dt_unsignedInt.xml | extra x | 7
        votable_dt_unsignedInt.xml | note | unsignedInt
        votable_utf16.xml | source_id | 4111834567779557376; 4111834567779557377; 4111834567779557378
        votable_utf16.xml | ra_deg | 10.5; 11.5; 12.5
        votable_utf16.xml | dec_deg | -3.25; -4.25; 5
        votable_utf16.xml | parallax_mas | 5; null; 7
        votable_utf16.xml | extra nobs | 1; 2; 3
        votable_utf16.xml | extra name | HD 1; null; HD 3
        votable_bit_array.xml | extra flags | [true,false,true,true,false,false,false,true]; [true,false,true,true,false,false,false,true]
        votable_float_null_minus999.xml | parallax_mas | null; null; 6.5
        votable_leading_zero_long.xml | source_id | 1; 2
        fits_ldac.cat | rows | 3
        fits_ldac.cat | ra_deg | 150.1; 150.2; 150.3
        fits_ldac.cat | dec_deg | 2.1; 2.2; -2.3
        fits_ldac.cat | note | LDAC_OBJECTS
        fits_ascii_implied_decimal.fits | ra_deg | 10.5; 11.5; 12.5
        fits_ascii_implied_decimal.fits | dec_deg | -3.25; -4.25; -5.25
        fits_ascii_implied_decimal.fits | extra teff | 125; 250; 375
        fits_string_array_tdim.fits | ra_deg | 1; 2
        fits_string_array_tdim.fits | dec_deg | 1; 2
        fits_string_array_tdim.fits | extra names | ["abcd","efgh","ijkl"]; ["a","b","c"]
        fits_lowercase_tform.fits | rows | 2
        fits_lowercase_tform.fits | ra_deg | 1; 2
        fits_lowercase_tform.fits | dec_deg | 1; 2
        bt12.fits.fz | refused | compressed; funpack
        float16_nonzeros_and_nans.parquet | refused | No column for right ascension; Columns found (1): x
        float16_nonzeros_and_nans.parquet | cell x | null; 1; -2; null; 0; -1; -0; 2
        column_chunk_key_value_metadata.parquet | refused | No column for right ascension; column1, column2
        unknown-logical-type.parquet | refused | No column for right ascension; column with known type, column with unknown type
        unknown-logical-type.parquet | cell column with known type | known string 1; known string 2; known string 3
        unknown-logical-type.parquet | cell column with unknown type | unknown string 1; unknown string 2; unknown string 3
        datapage_v2.snappy.parquet | refused | No column for right ascension; a, b, c
        datapage_v2.snappy.parquet | cell a | abc; abc; abc; null; abc
        datapage_v2.snappy.parquet | cell b | 1; 2; 3; 4; 5
        datapage_v2.snappy.parquet | cell c | 2; 3; 4; 5; 2
        datapage_v2.snappy.parquet | left out | d, e
        small_sky_npix_alt_suffix | rows | 131
        small_sky_npix_alt_suffix | source_id | 707
        small_sky_npix_alt_suffix | ra_deg | 308.5
        small_sky_npix_alt_suffix | dec_deg | -69.5
        """
    );

    public static TheoryData<string> Files => [.. s_expected.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_troubles_readers_gives_its_right_values(string file) =>
        s_expected.Check(file, RealData.File(Path.Combine("field-reports", file)));
}
