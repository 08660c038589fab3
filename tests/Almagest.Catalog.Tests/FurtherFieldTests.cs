using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Errors, correlations and marks of quality as fields of a star.</summary>
public sealed class FurtherFieldTests
{
    private static readonly string[] s_all = [.. FurtherField.All.Select(f => f.Name)];

    private static ColumnMapping Map(params string[] names) =>
        ColumnMapping.Automatic(names.Select(n => new CatalogColumn(n, ColumnType.Double)).ToArray());

    private static double[] Values(string text, string field, params string[] map)
    {
        using var reader = Load.OpenText(text);
        return Values(new StarReader(reader, ColumnMapping.Automatic(reader.Columns).With(map)), field);
    }

    private static double[] Values(StarReader reader, string field) =>
        [
            .. reader
                .ReadBatches(TestContext.Current.CancellationToken)
                .SelectMany(b => b.Further[FurtherField.IndexOf(field)] ?? Enumerable.Repeat(double.NaN, b.Count)),
        ];

    [Theory]
    [InlineData(
        "Gaia",
        "ra dec parallax pmra pmdec radial_velocity",
        "ra_error dec_error pmra_error pmdec_error ra_dec_corr ra_parallax_corr ra_pmra_corr ra_pmdec_corr dec_parallax_corr dec_pmra_corr "
            + "dec_pmdec_corr parallax_pmra_corr parallax_pmdec_corr pmra_pmdec_corr phot_bp_rp_excess_factor radial_velocity_error"
    )]
    [InlineData(
        "EDR3, whose velocities are those of DR2",
        "RA DEC PARALLAX PMRA PMDEC DR2_RADIAL_VELOCITY",
        "RA_ERROR DEC_ERROR PMRA_ERROR PMDEC_ERROR RA_DEC_CORR RA_PARALLAX_CORR RA_PMRA_CORR RA_PMDEC_CORR DEC_PARALLAX_CORR DEC_PMRA_CORR "
            + "DEC_PMDEC_CORR PARALLAX_PMRA_CORR PARALLAX_PMDEC_CORR PMRA_PMDEC_CORR PHOT_BP_RP_EXCESS_FACTOR DR2_RADIAL_VELOCITY_ERROR"
    )]
    [InlineData(
        "VizieR's tables of DR3",
        "RA_ICRS DE_ICRS Plx pmRA pmDE RV",
        "e_RA_ICRS e_DE_ICRS e_pmRA e_pmDE RADEcor RAPlxcor RApmRAcor RApmDEcor DEPlxcor DEpmRAcor DEpmDEcor PlxpmRAcor PlxpmDEcor "
            + "pmRApmDEcor E(BP/RP) e_RV"
    )]
    [InlineData(
        "VizieR's tables of DR2",
        "RA_ICRS DE_ICRS Plx pmRA pmDE RV",
        "e_RA_ICRS e_DE_ICRS e_pmRA e_pmDE RADEcor RAPlxcor RApmRAcor RApmDEcor DEPlxcor DEpmRAcor DEpmDEcor PlxpmRAcor PlxpmDEcor "
            + "pmRApmDEcor E(BR/RP) e_RV"
    )]
    [InlineData(
        "Hipparcos, I/239",
        "RAdeg DEdeg Plx pmRA pmDE HRV",
        "e_RAdeg e_DEdeg e_pmRA e_pmDE DE:RA Plx:RA pmRA:RA pmDE:RA Plx:DE pmRA:DE pmDE:DE pmRA:Plx pmDE:Plx pmDE:pmRA - e_HRV"
    )]
    [InlineData("Hipparcos, I/311", "RArad DErad Plx pmRA pmDE", "e_RArad e_DErad e_pmRA e_pmDE - - - - - - - - - - - -")]
    [InlineData("Tycho-2", "RAmdeg DEmdeg Plx pmRA pmDE", "e_RAmdeg e_DEmdeg e_pmRA e_pmDE - - - - - - - - - - - -")]
    [InlineData(
        "I/239 by identifiers",
        "RAICRS DEICRS Plx pmRA pmDE HRV",
        "e_RAICRS e_DEICRS e_pmRA e_pmDE DE_RA Plx_RA pmRA_RA pmDE_RA Plx_DE pmRA_DE pmDE_DE pmRA_Plx pmDE_Plx pmDE_pmRA - e_HRV"
    )]
    public void Every_archive_s_names_are_known(string _, string measured, string further)
    {
        var names = further.Split(' ');
        var mapping = Map([.. measured.Split(' '), .. names.Where(n => n != "-").Reverse()]);
        Assert.Equal(names, s_all.Select(f => mapping[f]?.Formula ?? "-"));
    }

    [Fact]
    public void Almagest_s_own_columns_are_read_back()
    {
        var mapping = Map(["ra_deg", "dec_deg", "parallax_mas", "parallax_error_mas", "pmra_mas_yr", "pmdec_mas_yr", .. s_all]);
        Assert.Equal(s_all, s_all.Select(f => mapping[f]?.Formula));
    }

    [Theory]
    [InlineData("ra_error", "mas", 0.25, 0.25)]
    [InlineData("ra_error", "Angle[mas]", 0.25, 0.25)]
    [InlineData("ra_error", "arcsec", 0.25, 250)]
    [InlineData("ra_error", "deg", 1e-6, 3.6)]
    [InlineData("dec_error", "uas", 250, 0.25)]
    [InlineData("dec_error", "0.1mas", 5, 0.5)]
    [InlineData("pmra_error", "mas.yr**-1", 0.25, 0.25)]
    [InlineData("pmra_error", "arcsec/yr", 0.25, 250)]
    [InlineData("pmdec_error", "arcsec/century", 1, 10)]
    [InlineData("radial_velocity_error", "m s-1", 1500, 1.5)]
    [InlineData("ra_dec_corr", "%", -25, -0.25)]
    [InlineData("ra_dec_corr", "Dimensionless[see description]", 0.5, 0.5)]
    public void Units_are_converted(string field, string unit, double value, double expected)
    {
        var mapped = ColumnMapping.Automatic([
            new("ra", ColumnType.Double),
            new("dec", ColumnType.Double),
            new(field, ColumnType.Double, unit),
        ])[field]!;
        Assert.Equal(expected, value * mapped.Factor, Math.Abs(expected) * 1e-15);
    }

    [Fact]
    public void An_error_of_a_proper_motion_in_seconds_of_time_is_turned_into_an_angle_on_the_sky() =>
        Assert.Equal(
            [7.5],
            Values("ra,dec,pmra,pmra_error\n10,60,1,0.001\n", StarField.PmraError, "pmra_error=pmra_error:s/yr"),
            (a, b) => Math.Abs(a - b) < 1e-9
        );

    [Fact]
    public void An_error_of_a_position_in_seconds_of_time_is_left_out_and_that_is_said()
    {
        var mapping = ColumnMapping.Automatic([
            new("RAJ2000", ColumnType.Double, "deg"),
            new("DEJ2000", ColumnType.Double, "deg"),
            new("e_RAJ2000", ColumnType.Double, "s"),
            new("e_DEJ2000", ColumnType.Double, "arcsec"),
        ]);
        Assert.Null(mapping[StarField.RaError]);
        Assert.Equal("e_DEJ2000", mapping[StarField.DecError]?.Formula);
        Assert.Contains(mapping.Remarks, r => r.Contains("'e_RAJ2000' was not taken for ra_error: its unit 's'", StringComparison.Ordinal));
        Assert.Throws<CatalogFormatException>(() => mapping.With("ra_error=e_RAJ2000:s"));
    }

    [Fact]
    public void An_error_of_a_position_without_a_unit_is_taken_as_mas_only_beside_a_parallax_or_under_Gaias_name()
    {
        Assert.Null(Map("RA_ICRS", "DE_ICRS", "e_RA_ICRS", "gmag")[StarField.RaError]);
        Assert.Contains("taken as mas", Map("RA_ICRS", "DE_ICRS", "e_RA_ICRS", "Plx")[StarField.RaError]!.Note, StringComparison.Ordinal);
        Assert.Contains("taken as mas", Map("ra", "dec", "ra_error")[StarField.RaError]!.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_of_another_column_than_the_one_that_was_taken_is_not_taken()
    {
        Assert.Equal("e_RV", Map("RAJ2000", "DEJ2000", "HRV", "e_HRV", "RV", "e_RV")[StarField.RadialVelocityError]!.Formula);
        Assert.Null(Map("RAJ2000", "DEJ2000", "HRV", "e_HRV", "RV")[StarField.RadialVelocityError]);
        Assert.Equal("plx_gaia_error", Map("ra", "dec", "plx_gaia", "plx_gaia_error")[StarField.ParallaxErrorMas]!.Formula);
    }

    [Theory]
    [InlineData("parallax_error", StarField.ParallaxErrorMas)]
    [InlineData("radial_velocity", StarField.RadialVelocityKmS)]
    public void Fields_with_their_unit_in_their_name_are_named_without_it_too(string name, string field) =>
        Assert.Equal("x", Map("ra", "dec", "x").With($"{name}=x")[field]!.Formula);

    [Fact]
    public void Measurements_beyond_those_of_any_star_are_kept_and_told()
    {
        const string Text = """
            source_id,ra,dec,parallax,pmra,pmdec,radial_velocity
            1,100,1,768.1,-3781.7,769.5,-22.4
            2,101,1,1e9,-802.8,10362.4,-110.5
            3,102,1,5,1e12,-2e5,3e9
            4,103,1,5,,,
            """;
        var loaded = Load.Text(Text);
        Assert.Equal([768.1, 1e9, 5, 5], loaded.Stars.Select(s => s.Parallax));
        Assert.Equal(
            [
                (
                    "1 of 4 values in 'parallax' is beyond that of any star known: a mark of missing values, another unit, or an error of "
                    + "the table? They were taken as numbers (parallax_mas)."
                ),
                (
                    "1 of 3 values in 'pmdec' is beyond that of any star known: a mark of missing values, another unit, or an error of "
                    + "the table? They were taken as numbers (pmdec_mas_yr)."
                ),
                (
                    "1 of 3 values in 'pmra' is beyond that of any star known: a mark of missing values, another unit, or an error of "
                    + "the table? They were taken as numbers (pmra_mas_yr)."
                ),
                (
                    "1 of 3 values in 'radial_velocity' is beyond that of any star known: a mark of missing values, another unit, or an "
                    + "error of the table? They were taken as numbers (radial_velocity_km_s)."
                ),
            ],
            loaded.Report.Suspicions
        );
    }

    [Fact]
    public void A_mark_that_is_beyond_all_stars_is_told_once()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{i},{i},1,{2 + 0.1 * i:F1}\n")));
        var text = $"source_id,ra,dec,parallax\n{rows}40,40,1,-9999\n41,41,1,-9999\n";
        Assert.Equal(
            ["2 of 42 values in 'parallax' are exactly -9999: a mark of missing values? They were taken as numbers."],
            Load.Text(text).Report.Suspicions
        );
        // What is no mark is told beside it.
        Assert.Equal(
            [
                "2 of 43 values in 'parallax' are exactly -9999: a mark of missing values? They were taken as numbers.",
                "1 of 43 values in 'parallax' is beyond that of any star known: a mark of missing values, another unit, or an error of "
                    + "the table? They were taken as numbers (parallax_mas).",
            ],
            Load.Text($"{text}42,42,1,-4321.5\n").Report.Suspicions
        );
    }

    [Fact]
    public void A_right_ascension_of_360_degrees_is_0_and_told()
    {
        var loaded = Load.Text("source_id,ra,dec\n1,360,1\n2,359.5,1\n3,360.0,1\n");
        Assert.Equal([0, 359.5, 0], loaded.Stars.Select(s => s.Ra));
        Assert.Equal(
            ["2 of 3 values in 'ra' are exactly 360 degrees: they were stored as 0, which is the same place."],
            loaded.Report.Suspicions
        );
    }

    [Fact]
    public void A_unit_behind_a_slash_in_a_heading_is_read_where_it_can_be_nothing_else_and_told()
    {
        const string Text = "source_id,ra,dec,plx/arcsec,pmRA / mas/yr,pmDE/mas.yr-1,BP/RP,count/s\n1,10,20,0.005,3,4,1.5,9\n";
        var loaded = Load.Text(Text);
        Assert.Equal(5, Assert.Single(loaded.Stars).Parallax);
        var columns = loaded.Report.Columns.ToDictionary(c => c.Name, c => (c.Unit, c.Use));
        Assert.Equal(("arcsec", "parallax_mas"), columns["plx"]);
        Assert.Equal(("mas/yr", "pmra_mas_yr"), columns["pmRA"]);
        Assert.Equal(("mas.yr-1", "pmdec_mas_yr"), columns["pmDE"]);
        foreach (var name in new[] { "BP/RP", "count/s" })
            Assert.Equal((null, null), columns[name]);
        using var reader = Load.OpenText(Text);
        Assert.Contains(
            "Units were read out of headings: 'plx/arcsec' as plx in arcsec, 'pmRA / mas/yr' as pmRA in mas/yr",
            string.Join(' ', reader.Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Values_that_a_field_cannot_have_are_missing_and_counted_and_the_star_is_kept()
    {
        const string Text = """
            source_id,ra,dec,parallax,parallax_error,ra_error,ra_dec_corr,phot_bp_rp_excess_factor
            1,100,1,5,0,0,-1,1.2
            2,100,1,5,-1,-0.5,1.5,0
            3,100,1,5,0.5,0.25,1,1.5
            4,100,1,5,,,,
            """;
        var loaded = Load.Text(Text);
        Assert.Equal(4, loaded.Stars.Count);
        Assert.Equal([double.NaN, double.NaN, 0.5, double.NaN], loaded.Stars.Select(s => s.ParallaxError));
        Assert.Equal([double.NaN, double.NaN, 0.25, double.NaN], Values(Text, StarField.RaError));
        Assert.Equal([-1, double.NaN, 1, double.NaN], Values(Text, StarField.RaDecCorr));
        Assert.Equal([1.2, double.NaN, 1.5, double.NaN], Values(Text, StarField.PhotBpRpExcessFactor));
        Assert.Equal(
            [
                "2 of 3 values in 'parallax_error' are zero or negative, which no error is: they were taken as missing "
                    + "(parallax_error_mas).",
                "1 of 3 values in 'phot_bp_rp_excess_factor' is zero or negative, which no such ratio is: it was taken as missing "
                    + "(phot_bp_rp_excess_factor).",
                "1 of 3 values in 'ra_dec_corr' is outside -1 to 1, as no correlation is: it was taken as missing (ra_dec_corr).",
                "2 of 3 values in 'ra_error' are zero or negative, which no error is: they were taken as missing (ra_error).",
            ],
            loaded.Report.Suspicions
        );
    }

    [Fact]
    public void A_word_among_errors_takes_no_star_away()
    {
        var rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"{i},1,1,0.5\n"));
        var text = $"source_id,ra,dec,ra_error\n{rows}30,1,1,fixed\n";
        var loaded = Load.Text(text);
        Assert.Empty(loaded.Rejected);
        Assert.Equal([.. Enumerable.Repeat(0.5, 30), double.NaN], Values(text, StarField.RaError));
        Assert.Contains(loaded.Report.Suspicions, s => s.Contains("1 value in 'ra_error' is not of its type", StringComparison.Ordinal));
    }

    [Fact]
    public void Zeros_that_rounding_does_not_make_are_reported_however_few()
    {
        static string Table(Func<int, double> parallax) =>
            "source_id,ra,dec,parallax\n"
            + string.Concat(
                Enumerable.Range(0, 3000).Select(i => FormattableString.Invariant($"{i},{i * 0.1:F3},{i * 0.01:F3},{parallax(i)}\n"))
            );
        Assert.Equal(
            ["30 of 3,000 values in 'parallax' are exactly 0: a mark of missing values? They were taken as numbers."],
            Load.Text(Table(i => i % 100 == 0 ? 0 : 0.5 + i * 0.00137)).Report.Suspicions
        );
        // Tenths from 0, of which rounding would make half as many zeros as there are of 0.1.
        var spiky = Load.Text(Table(i => i % 21 == 0 ? 0 : (i % 40 + 1) / 10.0)).Report.Suspicions;
        Assert.Contains("143 of 3,000", Assert.Single(spiky), StringComparison.Ordinal);
        // Tenths from -3 to 3: as many are 0 as are anything else.
        Assert.Empty(Load.Text(Table(i => (i % 61 - 30) / 10.0)).Report.Suspicions);
        Assert.Empty(Load.Text(Table(i => i == 5 ? 0 : 0.5 + i * 0.00137)).Report.Suspicions);
    }

    [Theory]
    [InlineData("parallax", "-1", 3, true)]
    [InlineData("parallax", "-1.0", 10, true)]
    [InlineData("parallax", "-1", 11, false)]
    [InlineData("radial_velocity", "99.99", 5, true)]
    [InlineData("radial_velocity", "-99.9", 5, true)]
    [InlineData("pmra", "42", 2, false)]
    [InlineData("other", "-1", 2, false)]
    public void A_mark_of_missing_values_is_reported_within_the_range_of_the_others_too(string column, string mark, int every, bool told)
    {
        var text =
            $"source_id,ra,dec,{column}\n"
            + string.Concat(
                Enumerable
                    .Range(0, 220)
                    .Select(i =>
                        FormattableString.Invariant($"{i},{30 + i * 0.1:F3},{i * 0.01:F3},")
                        + (i % every == 0 ? mark : FormattableString.Invariant($"{-163.21 + i * 1.4873}"))
                        + "\n"
                    )
            );
        var count = (219 / every) + 1;
        var value = double.Parse(mark, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            told
                ?
                [
                    FormattableString.Invariant(
                        $"{count} of 220 values in '{column}' are exactly {value}: a mark of missing values? They were taken as numbers."
                    ),
                ]
                : [],
            Load.Text(text).Report.Suspicions
        );
    }

    [Fact]
    public void A_mark_that_is_beyond_all_others_is_reported_once()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i},1,{(i % 2 == 0 ? "-999" : $"{i}.25")}\n"));
        Assert.Single(Load.Text("source_id,ra,dec,parallax\n" + rows).Report.Suspicions);
    }

    [Fact]
    public void Infinite_numbers_are_not_told_as_taken_where_their_rows_are_rejected()
    {
        var loaded = Load.Text("source_id,ra,dec,parallax\n1,100,1,inf\n2,101,1,5.5\n3,102,1,-inf\n");
        Assert.Equal((1, 2), (loaded.Stars.Count, loaded.Rejected.Count));
        Assert.Empty(loaded.Report.Suspicions);
    }

    [Theory]
    [InlineData("parallax", 0.02, "parallax_mas=parallax:arcsec")]
    [InlineData("parallax", 0.02, null, "parallax_error")]
    [InlineData("parallax [mas]", 0.02, null)]
    [InlineData("plx_mas", 0.02, null)]
    [InlineData("parallax", 0.1, null)]
    [InlineData("parallax_error", 0.00005, "parallax_error_mas=parallax_error:arcsec")]
    [InlineData("parallax_error", 0.01, null)]
    [InlineData("pmra_error", 0.00005, "pmra_error=pmra_error:arcsec/yr")]
    public void Numbers_without_a_unit_as_small_as_arc_seconds_are_told(string column, double size, string? advice, string? beside = null)
    {
        var text =
            $"source_id,ra,dec,{column}{(beside is null ? "" : $",{beside}")}\n"
            + string.Concat(
                Enumerable
                    .Range(1, 30)
                    .Select(i => FormattableString.Invariant($"{i},{100 + i},{i},{size * i}{(beside is null ? "" : ",0.03")}\n"))
            );
        var told = Load.Text(text).Report.Suspicions;
        if (advice is null)
            Assert.Empty(told);
        else
            Assert.EndsWith($"say so, and of the other columns alike: {advice}.", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parallax_error_that_is_derived_says_so_in_the_report()
    {
        var loaded = Load.Text("source_id,ra,dec,parallax,parallax_over_error\n1,100,1,-5,-20\n2,100,1,0,0\n3,100,1,0,-0.0\n");
        Assert.Equal([0.25, double.NaN, double.NaN], loaded.Stars.Select(s => s.ParallaxError));
        var column = loaded.Report.Columns.Single(c => c.Name == "parallax_over_error");
        Assert.Equal(
            ("parallax_error_mas", "derived as |parallax / parallax_over_error|, for no column gives it"),
            (column.Use, column.Why)
        );
        Assert.Empty(loaded.Report.Suspicions);
    }

    /// <summary>Number and mean of the values as astropy reads their columns.</summary>
    [Theory]
    [InlineData("fields/ngc103-gaia-errors.csv", "pmra_error", 8618, 0.07471582733812951)]
    [InlineData("fields/ngc103-gaia-errors.csv", "pmdec_error", 8618, 0.07889405894639126)]
    [InlineData("formats/votable/gaiadr2_pleiades_binary2_96col_310.vot", "ra_error", 310, 0.23551267444433177)]
    [InlineData("formats/votable/gaiadr2_pleiades_binary2_96col_310.vot", "pmra_pmdec_corr", 310, 0.12389125096660498)]
    [InlineData("formats/votable/gaiadr2_pleiades_binary2_96col_310.vot", "phot_bp_rp_excess_factor", 307, 1.4976127283580916)]
    [InlineData("formats/votable/gaiadr2_pleiades_binary2_96col_310.vot", "radial_velocity_error", 69, 2.450253885865935)]
    [InlineData("formats/gaiadr2_hyads_pipe_units_row_98col.csv", "ra_error", 997, 0.7261682046138416)]
    [InlineData("formats/gaiadr2_hyads_pipe_units_row_98col.csv", "dec_pmdec_corr", 898, -0.32326191536748333)]
    [InlineData("formats/gaiadr2_hyads_pipe_units_row_98col.csv", "phot_bp_rp_excess_factor", 944, 1.519570974576271)]
    [InlineData("formats/gaiadr2_hyads_pipe_units_row_98col.csv", "radial_velocity_error", 275, 0.7076)]
    public void Real_tables_give_the_values_that_astropy_reads(string file, string field, int count, double mean)
    {
        using var reader = CatalogFile.Open(RealData.File(file));
        var values = Values(new StarReader(reader, ColumnMapping.Automatic(reader.Columns)), field).Where(double.IsFinite).ToList();
        Assert.Equal(count, values.Count);
        Assert.Equal(mean, values.Average(), 1e-12);
    }

    [Fact]
    public void Errors_and_correlations_are_carried_with_the_position()
    {
        const string Header =
            "source_id,ra,dec,parallax,pmra,pmdec,ref_epoch,ra_error,dec_error,parallax_error,pmra_error,pmdec_error,ra_dec_corr,"
            + "ra_parallax_corr,ra_pmra_corr,ra_pmdec_corr,dec_parallax_corr,dec_pmra_corr,dec_pmdec_corr,parallax_pmra_corr,"
            + "parallax_pmdec_corr,pmra_pmdec_corr";
        const string Correlations = "0.1,-0.2,0.3,-0.15,0.25,0.05,-0.35,0.12,-0.22,0.18";
        const string Text =
            $"{Header}\n1,100,20,5,10,-20,2016,0.3,0.4,0.1,0.05,0.04,{Correlations}\n"
            + $"2,100,20,5,10,-20,2016,0.3,0.4,0.1,,0.04,{Correlations}\n"
            + $"3,100,20,5,,,2016,0.3,0.4,0.1,0.05,0.04,{Correlations}\n";
        double[] sigma = [0.3, 0.4, 0.1, 0.05, 0.04];
        double[,] rho =
        {
            { 1, 0.1, -0.2, 0.3, -0.15 },
            { 0.1, 1, 0.25, 0.05, -0.35 },
            { -0.2, 0.25, 1, 0.12, -0.22 },
            { 0.3, 0.05, 0.12, 1, 0.18 },
            { -0.15, -0.35, -0.22, 0.18, 1 },
        };
        // C' = J C Jᵗ, J = 1 but for t where a position depends on its proper motion.
        const double T = -16;
        double J(int i, int k) =>
            i == k ? 1
            : i < 2 && k == i + 3 ? T
            : 0;
        var c = new double[5, 5];
        for (var i = 0; i < 5; i++)
        for (var j = 0; j < 5; j++)
        for (var k = 0; k < 5; k++)
        for (var l = 0; l < 5; l++)
            c[i, j] += J(i, k) * rho[k, l] * sigma[k] * sigma[l] * J(j, l);
        string[] parameters = ["ra", "dec", "parallax", "pmra", "pmdec"];
        double[] Carried(string field)
        {
            using var reader = Load.OpenText(Text);
            var stars = new StarReader(reader, ColumnMapping.Automatic(reader.Columns), new StarReaderOptions { TargetEpoch = 2000 });
            return Values(stars, field);
        }
        for (var i = 0; i < 2; i++)
        {
            var (found, own) = (Carried($"{parameters[i]}_error"), sigma[i]);
            Assert.Equal(Math.Sqrt(c[i, i]), found[0], 1e-12);
            Assert.Equal(own, found[2]);
        }
        Assert.Equal(double.NaN, Carried("ra_error")[1]);
        for (var i = 0; i < 5; i++)
        for (var j = i + 1; j < 5; j++)
            Assert.Equal(c[i, j] / Math.Sqrt(c[i, i] * c[j, j]), Carried($"{parameters[i]}_{parameters[j]}_corr")[0], 1e-12);
    }
}
