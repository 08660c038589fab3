using Almagest.Catalog.Mapping;
using Xunit;

namespace Almagest.Catalog.Tests;

public sealed class MappingTests
{
    private static ColumnMapping Map(params string[] names) =>
        ColumnMapping.Automatic(names.Select(n => new CatalogColumn(n, ColumnType.Double)).ToArray());

    [Theory]
    [InlineData(false, true, "star")]
    [InlineData(true, true, null)]
    [InlineData(false, false, null)]
    public void A_name_that_may_be_a_class_is_the_identifier_where_each_row_of_the_file_has_another(bool repeats, bool whole, string? found)
    {
        var mapping = ColumnMapping.Automatic([
            new CatalogColumn("ra", ColumnType.Double),
            new CatalogColumn("dec", ColumnType.Double),
            new CatalogColumn("star", ColumnType.Text) { Glance = new ColumnGlance(20, whole, 0, double.NaN, double.NaN, repeats) },
        ]);
        Assert.Equal(found, mapping[StarField.SourceId]?.Formula);
    }

    [Theory]
    [InlineData("ra", "dec")]
    [InlineData("RA_ICRS", "DE_ICRS")]
    [InlineData("RAdeg", "DEdeg")]
    [InlineData("RAJ2000", "DEJ2000")]
    [InlineData("_RA", "_DE")]
    [InlineData("_RAJ2000", "_DEJ2000")]
    [InlineData("_RA.icrs", "_DE.icrs")]
    [InlineData("RAICRS", "DEICRS")]
    [InlineData("ra_deg", "dec_deg")]
    [InlineData("Ra", "DEC")]
    public void Positions_are_found_under_their_usual_names(string ra, string dec)
    {
        var mapping = Map("x", dec, ra);
        Assert.Equal((ra, dec), (mapping[StarField.RaDeg]!.Formula, mapping[StarField.DecDeg]!.Formula));
        mapping.EnsurePosition();
    }

    [Theory]
    [InlineData(StarField.Magnitude, "phot_g_mean_mag", "Gmag", "Vmag", "VTmag", "mag")]
    [InlineData(StarField.Magnitude, "Vmag", "Hpmag")]
    [InlineData(StarField.ParallaxMas, "parallax", "Plx")]
    [InlineData(StarField.ParallaxErrorMas, "parallax_error", "e_Plx")]
    [InlineData(StarField.PmraMasYr, "pmRA")]
    [InlineData(StarField.PmdecMasYr, "pmDE")]
    [InlineData(StarField.Color, "bp_rp", "BP-RP", "B-V", "bv")]
    [InlineData(StarField.SourceId, "source_id", "Source", "GaiaDR3", "HIP", "designation", "id", "recno", "name")]
    [InlineData(StarField.RadialVelocityKmS, "radial_velocity", "RV")]
    [InlineData(StarField.Ruwe, "RUWE")]
    public void The_best_known_name_wins_and_the_others_are_told(string field, params string[] bestFirst)
    {
        var mapped = Map(bestFirst.Reverse().ToArray())[field]!;
        Assert.Equal(bestFirst[0], mapped.Formula);
        Assert.Equal(bestFirst[1..], mapped.Alternatives);
    }

    [Fact]
    public void A_position_pair_of_one_system_is_preferred_to_two_unrelated_columns()
    {
        var mapping = Map("ra", "RAJ2000", "DEJ2000");
        Assert.Equal(("RAJ2000", "DEJ2000"), (mapping[StarField.RaDeg]!.Formula, mapping[StarField.DecDeg]!.Formula));
    }

    [Fact]
    public void Degrees_are_preferred_to_sexagesimal_text()
    {
        var mapping = ColumnMapping.Automatic([
            new("RAJ2000", ColumnType.Text),
            new("DEJ2000", ColumnType.Text),
            new("_RAJ2000", ColumnType.Double),
            new("_DEJ2000", ColumnType.Double),
        ]);
        Assert.Equal("ra_deg ← _RAJ2000 (also possible: RAJ2000)", mapping[StarField.RaDeg]!.ToString());
    }

    [Fact]
    public void A_missing_colour_and_parallax_error_are_computed()
    {
        var loaded = Load.Text(
            "source_id,ra,dec,parallax,parallax_over_error,phot_g_mean_mag,phot_bp_mean_mag,phot_rp_mean_mag\n"
                + "1,1,1,-5,-20,10,11.5,9.25\n2,1,1,5,0,10,,9\n"
        );
        Assert.Equal("phot_bp_mean_mag - phot_rp_mean_mag", loaded.Mapping[StarField.Color]!.Formula);
        Assert.Equal("parallax / parallax_over_error", loaded.Mapping[StarField.ParallaxErrorMas]!.Formula);
        Assert.Equal([(2.25, 0.25), (double.NaN, double.NaN)], loaded.Stars.Select(s => (s.Color, s.ParallaxError)));
        Assert.Contains("\"phot_bp_mean_mag\":11.5", loaded.Stars[0].Extra, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_colour_is_preferred_to_a_computed_one() =>
        Assert.Equal("bp_rp", Map("phot_bp_mean_mag", "phot_rp_mean_mag", "bp_rp")[StarField.Color]!.Formula);

    [Fact]
    public void Names_that_nobody_knows_are_found_by_their_ucds()
    {
        var mapping = ColumnMapping.Automatic([
            new("c1", ColumnType.Text, Ucd: "meta.id;meta.main"),
            new("c2", ColumnType.Double, "deg", "pos.eq.ra;meta.main"),
            new("c3", ColumnType.Double, "deg", "POS_EQ_DEC_MAIN"),
            new("c4", ColumnType.Double, "mas", "stat.error;pos.parallax.trig"),
            new("c5", ColumnType.Double, "mas", "pos.parallax.trig"),
            new("c6", ColumnType.Double, "mag", "phot.mag;em.opt.G"),
        ]);
        Assert.Equal(["c1", "c2", "c3", "c5", "c6"], mapping.Fields.Select(f => f.Formula));
    }

    [Fact]
    public void Overrides_win_and_none_removes()
    {
        var mapping = Map("ra", "dec", "parallax", "my_plx", "source_id").With("parallax_mas = MY_PLX", "source_id=none");
        Assert.Equal("my_plx", mapping[StarField.ParallaxMas]!.Formula);
        Assert.Null(mapping[StarField.SourceId]);
        Assert.Equal("source_id ← the row number\nra_deg ← ra\ndec_deg ← dec\nparallax_mas ← my_plx", mapping.ToString());
    }

    [Theory]
    [InlineData("ra_deg", "Expected FIELD=COLUMN")]
    [InlineData("right=ra", "'right' is not a star field")]
    [InlineData("ra_deg=nowhere", "There is no column 'nowhere'")]
    public void A_bad_override_says_what_is_expected(string text, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<CatalogFormatException>(() => Map("ra", "dec").With(text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Without_a_position_the_columns_and_the_missing_fields_are_named()
    {
        var error = Assert.Throws<CatalogFormatException>(() => Map("ra", "lat").EnsurePosition());
        Assert.Contains("declination", error.Message, StringComparison.Ordinal);
        Assert.Contains("(2): ra, lat.", error.Message, StringComparison.Ordinal);
        Assert.Contains("name the column of dec_deg.", error.Message, StringComparison.Ordinal);
        Assert.Equal(CatalogFormatException.PositionsMissing, error.Code);
        Assert.Equal(["dec_deg"], (IEnumerable<string>)error.Facts["fields"]!);
    }

    [Theory]
    [InlineData("ra", "ra_deg", "deg", 200, 200)]
    [InlineData("ra", "ra_deg", "h", 10, 150)]
    [InlineData("ra", "ra_deg", "hourangle", 1.5, 22.5)]
    [InlineData("ra", "ra_deg", "rad", 1, 57.29577951308232)]
    [InlineData("ra", "ra_deg", "arcsec", 3600, 1)]
    [InlineData("parallax", "parallax_mas", "arcsec", 0.25, 250)]
    [InlineData("parallax", "parallax_mas", "mas", 0.1, 0.1)]
    [InlineData("parallax", "parallax_mas", "uas", 250, 0.25)]
    [InlineData("pmra", "pmra_mas_yr", "arcsec/yr", 0.25, 250)]
    [InlineData("pmra", "pmra_mas_yr", "mas / yr", 0.1, 0.1)]
    [InlineData("pmra", "pmra_mas_yr", "mas yr-1", 0.1, 0.1)]
    [InlineData("pmra", "pmra_mas_yr", "mas.yr**-1", 0.1, 0.1)]
    [InlineData("pmra", "pmra_mas_yr", "mas yr^-1", 0.1, 0.1)]
    [InlineData("pmra", "pmra_mas_yr", "deg/yr", 1e-6, 3.6)]
    [InlineData("radial_velocity", "radial_velocity_km_s", "m s-1", 1500, 1.5)]
    [InlineData("radial_velocity", "radial_velocity_km_s", "km.s**-1", 1.5, 1.5)]
    [InlineData("mag", "magnitude", "mmag", 1500, 1.5)]
    [InlineData("mag", "magnitude", "mag", 1.5, 1.5)]
    public void Units_are_converted(string column, string field, string unit, double value, double expected)
    {
        var mapped = ColumnMapping
            .Automatic([new(column, ColumnType.Double, unit), new("dec", ColumnType.Double)])
            .With($"{field}={column}")[field]!;
        Assert.Equal(expected, value * mapped.Factor, Math.Abs(expected) * 1e-15);
    }

    [Fact]
    public void A_column_in_a_unit_of_another_quantity_is_not_taken_by_its_name()
    {
        CatalogColumn[] columns =
        [
            new("ra", ColumnType.Double),
            new("dec", ColumnType.Double),
            new("parallax", ColumnType.Double, "km"),
            new("Plx", ColumnType.Double, "mas"),
        ];
        Assert.Equal("Plx", ColumnMapping.Automatic(columns)[StarField.ParallaxMas]!.Formula);
        Assert.Contains(
            "unit 'km' is not understood",
            ColumnMapping.Automatic(columns).With("parallax_mas=parallax")[StarField.ParallaxMas]!.Note,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("06 45 08.9", "-16 42 58", 101.28708333333333, -16.71611111111111)]
    [InlineData("06:45:08.9", "-16:42:58.0", 101.28708333333333, -16.71611111111111)]
    [InlineData("6h45m08.9s", "-16d42m58s", 101.28708333333333, -16.71611111111111)]
    [InlineData("23 59 59.99", "-00 30 11", 359.99995833333335, -0.50305555555555559)]
    [InlineData("00 05.5", "+89 59.9", 1.375, 89.998333333333335)]
    public void Sexagesimal_positions_are_hours_and_degrees(string ra, string dec, double raDeg, double decDeg)
    {
        var star = Assert.Single(Load.Text($"id,ra,dec\n1,{ra},{dec}\n").Stars);
        Assert.Equal(raDeg, star.Ra, 1e-11);
        Assert.Equal(decDeg, star.Dec, 1e-11);
    }

    [Theory]
    [InlineData("06 75 08.9")]
    [InlineData("06 45 61")]
    [InlineData("06 45 08.9 1")]
    [InlineData("06-45-08")]
    [InlineData("06 45.5 08")]
    [InlineData("06::45")]
    [InlineData("25 00 00")]
    public void Impossible_sexagesimal_positions_are_rejected(string ra) =>
        Assert.Equal("ra_deg", Assert.Single(Load.Text($"id,ra,dec\n1,{ra},10 00 00\n2,06 45 08,10 00 00\n").Rejected).Field);
}
