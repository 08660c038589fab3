using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Sky;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Every real text table loads rightly, or is refused with a reason.</summary>
public sealed class RealFileTests
{
    /// <summary>File, format, stars, rejected rows, where position and magnitude come from, first id.</summary>
    public static TheoryData<string, string, int, int, string, string, string> Readable =>
        new()
        {
            { "gaia-100pc.csv", "CSV", 12366, 0, "ra", "phot_g_mean_mag", "5542245319386060288" },
            { "fields/ngc2477-field.csv", "CSV", 7100, 0, "ra", "phot_g_mean_mag", "5537738593028843008" },
            { "fields/praesepe-gaiadr2-cone.csv", "CSV", 2524, 0, "ra", "phot_g_mean_mag", "658630692221644288" },
            { "fields/pleiades-members.dat", "blank-separated text", 1272, 0, "RA", "G", "65283232316451328" },
            { "stars/bright-stars-125982.csv.gz", "CSV, gzip", 125982, 0, "ra", "vmag", "1" },
            { "formats/bsc5_two_tables_V50.tsv", "VizieR TSV", 9096, 14, "RAJ2000", "Vmag", "1" },
            // Two of its 999 lines hold nothing but the word END.
            { "formats/gaiadr2_hyads_pipe_units_row_98col.csv", "VizieR TSV", 997, 2, "RA_ICRS", "Gmag", "3312744219987686144" },
            { "formats/csv_quirks/catalog.starr", "CSV", 131, 0, "ra", "", "700" },
            { "formats/csv_quirks/small_catalog.csv.gz", "CSV, gzip", 131, 0, "ra", "", "700" },
            {
                "formats/csv_quirks/edr3_100col_python_bytes_repr_unnamed_index.csv",
                "CSV",
                594,
                0,
                "ra",
                "phot_g_mean_mag",
                "4284012316223853056"
            },
            { "formats/csv_quirks/gaia_bulk_hash_comment_header.csv", "CSV", 5, 0, "ra", "", "Gaia DR3 4504974017242368" },
            { "formats/csv_quirks/m67_gaiadr2_no_pm_nulls_string_flag.csv", "CSV", 5546, 0, "ra", "phot_g_mean_mag", "598691984069077248" },
            { "formats/csv_quirks/title_line_before_header.csv", "CSV", 2744, 0, "ra", "phot_g_mean_mag", "249173425331718144" },
            { "formats/ecsv/gaia_bulk_epoch_photometry_arrays_3row.ecsv", "ECSV", 3, 0, "ra", "", "10655814178816" },
            { "formats/ecsv/gaiadr3_archive_153col_5row.ecsv", "ECSV", 5, 0, "ra", "phot_g_mean_mag", "6636090334814214528" },
            { "formats/ecsv/hr24_open_clusters_quoted_names.ecsv", "ECSV", 7167, 0, "RAJ2000", "", "ADS 16795" },
            { "formats/ecsv/ngc5904_m5_members_prob_11010.ecsv", "ECSV", 11010, 0, "ra", "g", "4420668550529502208" },
            { "formats/ecsv/pal5_members_prob_459.ecsv", "ECSV", 459, 0, "ra", "g", "4418642906513912320" },
            { "formats/stilts_converted/pleiades2000.csv", "CSV", 2000, 0, "ra", "phot_g_mean_mag", "64035527138015744" },
            {
                "formats/stilts_converted/pleiades2000.ascii.txt",
                "blank-separated text",
                2000,
                0,
                "ra",
                "phot_g_mean_mag",
                "64035527138015744"
            },
            { "fields/pleiades-gaiadr3-cone.fits", "FITS binary table", 50000, 0, "ra", "phot_g_mean_mag", "64035527138015744" },
            { "formats/fits/desi_tycho2_healpix_25row.fits", "FITS binary table", 25, 0, "RA", "MAG_VT", "1" },
            { "formats/fits/vizier_ascii_table_ext_774.fit", "FITS ASCII table", 774, 0, "RAJ2000", "", "CCC001" },
            {
                "formats/votable/gaiadr3_tabledata_152col_2row.vot",
                "VOTable TABLEDATA",
                2,
                0,
                "ra",
                "phot_g_mean_mag",
                "4583627001381815936"
            },
            {
                "formats/votable/gaiadr2_pleiades_binary2_96col_310.vot",
                "VOTable BINARY2",
                310,
                0,
                "ra",
                "phot_g_mean_mag",
                "69985637392346496"
            },
            { "formats/votable/pyvo_tap_binary_v1_1.xml", "VOTable BINARY", 1273, 0, "raj2000", "", "1522124650242182041" },
            { "formats/stilts_converted/pleiades2000.tst.txt", "TST", 2000, 0, "ra", "phot_g_mean_mag", "64035527138015744" },
            { "formats/stilts_converted/pleiades2000.ipac.txt", "IPAC table", 2000, 0, "ra", "phot_g_mean_mag", "64035527138015744" },
            { "formats/cds_mrt/cds_vizier/table1.dat", "CDS table", 15, 0, "RAh RAm RAs", "Vmag", "1" },
            { "formats/cds_mrt/cds.dat", "CDS/MRT table", 1, 0, "RAh RAm RAs", "", "1" },
            { "formats/cds_mrt/cds_malformed.dat", "CDS/MRT table", 1, 0, "RAh RAm RAs", "", "1" },
            { "formats/parquet/small_sky.parquet", "Parquet", 131, 0, "ra", "", "707" },
            { "formats/parquet/multi_row_group.parquet", "Parquet", 131, 0, "ra", "", "707" },
            { "formats/parquet/small_sky_nested.parquet", "Parquet", 18, 0, "ra", "", "756" },
            { "formats/parquet/emilyhunt_simulated_clusters_31504_snappy.parquet", "Parquet", 31504, 0, "ra", "", "1" },
        };

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_real_table_loads_with_its_columns_recognised(
        string file,
        string format,
        int stars,
        int rejected,
        string ra,
        string magnitude,
        string firstId
    )
    {
        var loaded = Load.File(RealData.File(file));
        Assert.Equal(format, loaded.Reader.Format);
        Assert.Equal((stars, rejected), (loaded.Stars.Count, loaded.Rejected.Count));
        Assert.Equal(ra, loaded.Mapping[StarField.RaDeg]!.Formula);
        Assert.Equal(magnitude, loaded.Mapping[StarField.Magnitude]?.Formula ?? "");
        Assert.Equal(firstId, loaded.Stars[0].Id);
        Assert.Equal(loaded.Stars.Count, loaded.Stars.Select(s => s.Id).Distinct().Count());
        Assert.All(loaded.Stars, s => Assert.True(s.Ra is >= 0 and < 360 && s.Dec is >= -90 and <= 90));
    }

    /// <summary>File and words of the refusal that a user can act upon.</summary>
    public static TheoryData<string, string, string> Refused =>
        new()
        {
            { "stars/hipparcos-vizier.tsv", "right ascension and declination", "HIP, Vmag, Plx, B-V, SpType" },
            { "formats/csv_quirks/non_utf8_or_excel.csv", "right ascension and declination", "name the column of ra_deg and of dec_deg" },
            { "formats/csv_quirks/pipe_delimited.csv", "no header line", "column_1, column_2, column_3, column_4" },
            { "formats/ecsv/subtypes.ecsv", "right ascension and declination", "i_index" },
            { "formats/votable/quirk_tar_inside_gz_named_vot.gz", "a tar archive (inside gzip)", "tar -xf" },
            {
                "formats/cds_mrt/cds_vizier/ReadMe",
                "describes table1.dat, table5.dat byte by byte, but holds no rows",
                "name the file with the rows"
            },
            { "formats/cds_mrt/no_data_cds.dat", "holds no rows", "a ReadMe in its folder is found by itself" },
            { "formats/cds_mrt/cds_vizier/table5.dat", "right ascension and declination", "Cluster, Star, Wave" },
            { "formats/stilts_converted/pleiades2000.colfits.fits", "column-oriented FITS", "stilts tcopy" },
            { "formats/parquet/gaiadr3_derived_velocities_12000_snappy.parquet", "right ascension and declination", "X_gc_kpc" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_real_file_that_is_no_star_table_is_refused_with_a_reason(string file, string what, string advice)
    {
        var path = RealData.File(file);
        var refusal = Assert.Throws<CatalogFormatException>(() => Load.File(path));
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_same_table_as_csv_ascii_and_tst_gives_the_same_stars()
    {
        var csv = Load.File(RealData.File("formats/stilts_converted/pleiades2000.csv"))
            .Stars.Select(s => s with { Line = 0, Extra = "" })
            .ToArray();
        foreach (var other in new[] { "ascii.txt", "tst.txt", "ipac.txt" })
        {
            var stars = Load.File(RealData.File($"formats/stilts_converted/pleiades2000.{other}"))
                .Stars.Select(s => s with { Line = 0, Extra = "" });
            Assert.Equal(csv, stars);
        }
    }

    [Fact]
    public void Sexagesimal_positions_and_arcseconds_of_the_bright_star_catalogue_are_converted()
    {
        var alpheratz = Load.File(RealData.File("formats/bsc5_two_tables_V50.tsv")).Stars.Single(s => s.Id == "15");
        // VizieR says that they are in FK5, some 20 mas from ICRS.
        var (ra, dec) = new FrameConversion(new PositionSystem(SkyFrame.Fk5, 2000)).Position(
            15 * (0 + 8 / 60.0 + 23.3 / 3600),
            29 + 5 / 60.0 + 26 / 3600.0
        );
        Assert.Equal(ra, alpheratz.Ra, 1e-10);
        Assert.Equal(dec, alpheratz.Dec, 1e-10);
        Assert.Equal(2000, alpheratz.Epoch);
        Assert.Equal((136, -163), (Math.Round(alpheratz.Pmra, 3), Math.Round(alpheratz.Pmdec, 3)));
        Assert.Equal((32, 2.06, -0.11, -12), (alpheratz.Parallax, alpheratz.Magnitude, alpheratz.Color, alpheratz.RadialVelocity));
    }

    [Fact]
    public void The_hyades_members_of_gaia_keep_every_digit()
    {
        var star = Load.File(RealData.File("formats/gaiadr2_hyads_pipe_units_row_98col.csv")).Stars[0];
        Assert.Equal(
            ("3312744219987686144", 67.16606480353, 15.87078720043, 20.8354, 0.3731),
            (star.Id, star.Ra, star.Dec, star.Parallax, star.ParallaxError)
        );
        Assert.Contains("\"SolID\":1635721458409799680", star.Extra, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_the_gaia_archive_stay_arrays_in_the_extras()
    {
        var star = Load.File(RealData.File("formats/ecsv/gaia_bulk_epoch_photometry_arrays_3row.ecsv")).Stars[0];
        using var extras = System.Text.Json.JsonDocument.Parse(star.Extra);
        var transits = extras.RootElement.GetProperty("transit_id");
        Assert.Equal(16, transits.GetArrayLength());
        Assert.Equal(23446114172990364, transits[0].GetInt64());
    }

    [Fact]
    public void Broken_metadata_of_the_gaia_archive_does_not_hide_its_columns()
    {
        using var reader = CatalogFile.Open(RealData.File("formats/ecsv/gaiadr3_archive_153col_5row.ecsv"));
        Assert.Equal(153, reader.Columns.Count);
        var parallax = reader.Columns.Single(c => c.Name == "parallax");
        Assert.Equal((ColumnType.Double, "mas", "pos.parallax.trig"), (parallax.Type, parallax.Unit, parallax.Ucd));
        Assert.Contains(reader.Warnings, w => w.Contains("meta", StringComparison.Ordinal));
    }
}
