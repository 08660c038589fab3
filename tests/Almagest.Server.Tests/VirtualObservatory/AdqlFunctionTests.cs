using System.Globalization;
using System.Net;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>
/// What geometries and functions of ADQL answer, as numbers of others: astropy 5.2 (systems, separations, space motion), astropy-healpix,
/// and the examples of the IVOA's catalogue of functions.
/// </summary>
public sealed class AdqlFunctionTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private async Task<string> OneAsync(string expression)
    {
        var answer = await _server.GetAsync(
            $"/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&QUERY={Uri.EscapeDataString($"SELECT TOP 1 {expression} AS v FROM almagest.stars")}"
        );
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Text.Split('\n')[1];
    }

    [Theory]
    // Systems of coordinates, degrees.
    [InlineData("POINT('GALACTIC', 266.4, -29)", "90.82216428136441 -57.836269593511865")]
    [InlineData("POINT('GALACTIC', 0.5 + 0 * ra_deg, 89.9)", "192.95426846270152 27.07459088109354")]
    [InlineData("POINT('FK4', 266.4, -29.0)", "267.19489758129583 -29.01556310626529", 2e-7)]
    [InlineData("POINT('FK4 B1950', 123.456 + 0 * ra_deg, -67.8)", "123.52528654604407 -67.95365083608708", 2e-7)]
    [InlineData("POINT('J2000', 266.4, -29.0)", "266.4 -29")]
    [InlineData("CIRCLE('GALACTIC', 266.4, -29, 3)", "90.82216428136441 -57.836269593511865 3")]
    [InlineData("POINT(NULL, 1, 2)", "1 2")]
    [InlineData("ivo_geom_transform('ICRS', 'GALACTIC', POINT(120, -23))", "241.121831182, 3.62785788087", 1e-7)]
    [InlineData(
        "ivo_geom_transform('GALACTIC', 'FK5', POLYGON(5, 3, 4, 4, 4.5, 2))",
        "266.44721, -23.107310, 264.95088, -23.434037, 267.09936, -24.051919",
        1e-5
    )]
    [InlineData("ivo_geom_transform('FK4', 'GALACTIC', CIRCLE(189.70303055, 22.96240006, 3))", "275.00025405, 84.99996154, 3", 1e-3)]
    // Angles.
    [InlineData("DISTANCE(POINT(10, 20), POINT(10.001, 20.001))", "0.0013722305243957103", 1e-12)]
    [InlineData("DISTANCE(POINT(0, 0), POINT(180, 0.1))", "179.9")]
    [InlineData("DISTANCE(CENTROID(CIRCLE(45, -30, 1)), CAST('300 70' AS POINT))", "123.12777736399887")]
    [InlineData("DISTANCE(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), POINT(10, 30))", "19.84891828895186")]
    [InlineData("DISTANCE(CIRCLE(0, 0, 2), CIRCLE(10, 0, 3))", "5")]
    [InlineData("AREA(CIRCLE(1, 2, 90))", "20626.480624709636")]
    [InlineData("AREA(POLYGON(0, 0, 90, 0, 0, 90))", "5156.620156177409")]
    [InlineData("AREA(POLYGON('', 0, 80, 270, 80, 180, 80, 90, 80))", "201.0158650540886", 1e-6)]
    [InlineData("AREA(MOC('0/0-11'))", "41252.96124941928")]
    [InlineData("AREA(MOC('2/3 3/12-15,16 29/'))", "268.573966467573", 1e-6)]
    [InlineData("CENTROID(POLYGON(0, 0, 90, 0, 0, 90))", "45 35.264389682754654")]
    // Numbers.
    [InlineData("GREATEST(1, 2.5, NULL, 0 * ra_deg)", "2.5")]
    [InlineData("LEAST(3, 2)", "2")]
    [InlineData("SIGN(-2.5 + 0 * ra_deg)", "-1")]
    // HEALPix.
    [InlineData("ivo_healpix_index(0, 1, 1)", "4")]
    [InlineData("ivo_healpix_index(17, 1 + 0 * ra_deg, 1)", "81609757711")]
    [InlineData("ivo_healpix_index(17, CENTROID(CIRCLE(359, -1, 3)))", "73009064944")]
    [InlineData("ivo_healpix_index(12, POINT(266.4 + 0 * ra_deg, -29))", "118088268")]
    [InlineData("ivo_healpix_index(6, 56.75, 24.1167)", "463")]
    [InlineData("ivo_healpix_center(0, 6)", "180 0")]
    [InlineData("ivo_healpix_center(17, ivo_healpix_index(17, 23.4, 56.7))", "23.399843462947466 56.70016214363192")]
    [InlineData("ivo_healpix_center(6, 12345)", "314.296875 7.18075578", 1e-8)]
    [InlineData("gaia_healpix_index(12, 5853498713190525696)", "170359234")]
    [InlineData("gaia_healpix_index(0, '5853498713190525696')", "10")]
    // Space motion; astropy counts the light's time, too: below a milliarcsecond here.
    [InlineData(
        "ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, -428.8, 52.51, 2016.0, 1992.25)",
        "7.604061404627978 11.7932703828279"
    )]
    [InlineData("ivo_epoch_prop_pos(7.606083572, 11.79044105, 125, 300, NULL, NULL, 2016.0, 1875)", "7.594080321498365 11.790440798509207")]
    [InlineData("ESDC_EPOCH_PROP_POS(7.606083572, 11.79044105, 125, 300, NULL, NULL, 2016, 1875)", "7.594080321498365 11.790440798509207")]
    [InlineData("COORD1(EPOCH_PROP_POS(7.606083572, 11.79044105, 125, 300, NULL, NULL, 2016, 1875))", "7.594080321498365")]
    [InlineData(
        "ivo_epoch_prop_pos(7.606083572, 11.79044105, NULL, 300, -428.8, 52.51, 2016, 1875)",
        "7.594079587020846 11.807235464339055"
    )]
    [InlineData(
        "ivo_epoch_prop_pos(269.44850252543836, 4.739420051112412, 546.975939730948, -801.5509783684709, 10362.394206546573, -110.46822, "
            + "2016, 2100)",
        "269.42963092104964 4.982469395217305",
        3e-7
    )]
    [InlineData(
        "ivo_epoch_prop(37.95456067, 89.26410897, 7.54, 44.48, -11.85, -16.42, 1991.25, 2050)",
        "38.01106480021334 89.26391522524189 7.540056095004537 44.4689546737969 -11.89403299536214 -16.419620536092552",
        2e-7
    )]
    // As the Gaia archive has it: the last value is the radial motion, mas/yr.
    [InlineData(
        "EPOCH_PROP(37.95456067, 89.26410897, 7.54, 44.48, -11.85, -16.42, 1991.25, 2050)",
        "38.0110647993375 89.2639152252449 7.54005609500367 44.4689546739689 -11.8940329946797 -26.1165765831135",
        2e-7
    )]
    [InlineData(
        "EPOCH_PROP(269.44850252543836, 4.739420051112412, 546.975939730948, -801.5509783684709, 10362.394206546573, -110.46822, "
            + "2016, 2016.5)",
        "269.4483908133 4.7408593170 546.9928456731 -801.6021914672 10363.0345709722 -12746.4319468172",
        2e-4
    )]
    [InlineData("ARRAY_ELEMENT(ESDC_EPOCH_PROP(7.6, 11.8, NULL, 300, NULL, 50, 2016, 2016), 6)", "0")]
    [InlineData("ARRAY_ELEMENT(EPOCH_PROP(7.6, 11.8, 100, 300, 20, 47.40470463533349, 2016, 2016), 6)", "1000")]
    [InlineData("ARRAY_ELEMENT(POINT(7, 8), 2)", "8")]
    // Texts, times, intervals, units, statistics.
    [InlineData("ivo_hasword('shown that a primordial', 'shown primordial')", "1")]
    [InlineData("ivo_hasword('shown that a primordial', 'shown soup')", "0")]
    [InlineData("ivo_hashlist_has('Red#green#blue', 'red')", "1")]
    [InlineData("ivo_hashlist_has('red#green#blue', 'red#green')", "0")]
    [InlineData("ivo_nocasematch('ABcabc', 'ab__bc')", "1")]
    [InlineData("ivo_nocasematch('abcabc', 'abcab')", "0")]
    [InlineData("ivo_interval_overlaps(-2, 55.3, 2, 3)", "1")]
    [InlineData("ivo_interval_overlaps(-2, 55.3, 3, 2)", "0")]
    [InlineData("ivo_to_jd(CAST('2000-01-02T12:00:00' AS TIMESTAMP))", "2451546")]
    [InlineData("ivo_to_mjd('1910-12-31T06:00:00')", "19036.25")]
    [InlineData("IN_UNIT(COORD1(POINT(180, 0)), 'rad')", "3.141592653589793")]
    [InlineData("MEDIAN(star_id - star_id + 5)", "5")]
    [InlineData("ivo_histogram(CASE WHEN star_id > 0 THEN 1.5 END, 1, 3, 2)", "0 12 0 0")]
    [InlineData("CAST('12' || 3 || '.5' AS DOUBLE PRECISION)", "123.5")]
    [InlineData("ivo_to_mjd(CAST(CAST('2000-01-02T12:00:00' AS TIMESTAMP) AS VARCHAR(19)))", "51545.5")]
    [InlineData("SUM(DISTINCT star_id - star_id + 2)", "2")]
    public async Task Functions_answer_what_others_compute(string expression, string expected, double tolerance = 1e-9)
    {
        var found = Numbers(await OneAsync(expression));
        var wanted = Numbers(expected);
        Assert.Equal(wanted.Length, found.Length);
        Assert.All(wanted.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    private static double[] Numbers(string text) =>
        [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData("CONTAINS(POINT(0, 90), POLYGON('', 0, 80, 270, 80, 180, 80, 90, 80))", 1)]
    [InlineData("CONTAINS(POINT(0, -90), POLYGON('', 0, 80, 270, 80, 180, 80, 90, 80))", 0)]
    [InlineData("CONTAINS(CIRCLE(4, 4, 2), POINT(4, 4))", 0)]
    [InlineData("CONTAINS(CIRCLE(10, 5, 1), POLYGON(0, 0, 20, 0, 20, 10, 0, 10))", 1)]
    [InlineData("CONTAINS(CIRCLE(10, 5, 6), POLYGON(0, 0, 20, 0, 20, 10, 0, 10))", 0)]
    [InlineData("CONTAINS(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), CIRCLE(10, 5, 12))", 1)]
    [InlineData("CONTAINS(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), CIRCLE(10, 5, 11))", 0)]
    [InlineData("CONTAINS(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), CIRCLE(10, 5, 170))", 1)]
    [InlineData("INTERSECTS(CIRCLE(190, 0, 170), CIRCLE(10, 0, 9))", 0)]
    [InlineData("INTERSECTS(CIRCLE(190, 0, 170), CIRCLE(10, 0, 11))", 1)]
    [InlineData("INTERSECTS(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), POLYGON(5, -5, 6, -5, 6, 20, 5, 20))", 1)]
    [InlineData("INTERSECTS(POLYGON(0, 0, 20, 0, 20, 10, 0, 10), POLYGON(25, -5, 26, -5, 26, 20, 25, 20))", 0)]
    [InlineData("INTERSECTS(BOX(10, 0, 2, 2), CIRCLE(12, 0, 0.9))", 0)]
    [InlineData("INTERSECTS(BOX(10, 0, 2, 2), CIRCLE(12, 0, 1.1))", 1)]
    // A polygon with a bay, in which the point lies.
    [InlineData("CONTAINS(POINT(5, 8), POLYGON(0, 0, 10, 0, 10, 10, 5, 5, 0, 10))", 0)]
    [InlineData("CONTAINS(POINT(5, 4), POLYGON(0, 0, 10, 0, 10, 10, 5, 5, 0, 10))", 1)]
    [InlineData("CONTAINS(POINT('GALACTIC', 0, 89.5), BOX('GALACTIC', 0, 89, 20, 4))", 1)]
    [InlineData("CONTAINS(POINT('GALACTIC', 50, 89.5), BOX('GALACTIC', 0, 89, 20, 4))", 0)]
    [InlineData("CONTAINS(POINT(1, 2), REGION('Union ICRS (Position 1 2 Circle 40 40 1)'))", 1)]
    [InlineData("CONTAINS(POINT(1, 2), REGION('Intersection ICRS (Circle 1 2 5 Not (Circle 1 2 1))'))", 0)]
    [InlineData("CONTAINS(POINT(1, 5), REGION('Intersection ICRS (Circle 1 2 5 Not (Circle 1 2 1))'))", 1)]
    [InlineData("CONTAINS(CIRCLE(350, 2, 3), REGION('PositionInterval ICRS 340 -5 20 10'))", 1)]
    [InlineData("INTERSECTS(REGION('Not (Circle 1 2 3)'), CIRCLE(1, 2, 2))", 0)]
    [InlineData("CONTAINS(POINT(ra_deg, dec_deg), REGION('AllSky'))", 1)]
    [InlineData("CONTAINS(POINT(1, 1), MOC('0/4'))", 1)]
    [InlineData("CONTAINS(POINT(1, 1), MOC('1/17-18,20-21'))", 0)]
    [InlineData("INTERSECTS(MOC('1/15-19'), POINT(1, 1))", 1)]
    [InlineData("CONTAINS(POINT('GALACTIC', 266.4, -29), MOC('29/'))", 0)]
    [InlineData("CONTAINS(POINT(ra_deg, dec_deg), MOC('0/0-11'))", 1)]
    [InlineData("CONTAINS(POINT(ra_deg, dec_deg), CIRCLE(CAST('1 2' AS POINT), 0 * ra_deg))", 0)]
    public async Task Regions_contain_and_meet_each_other(string test, int expected)
    {
        Assert.Equal(expected, int.Parse(await OneAsync(test), CultureInfo.InvariantCulture));
        // The same within conditions, which are translated by themselves.
        Assert.Equal([expected == 1 ? "12" : "0"], await RowsAsync($"SELECT COUNT(*) FROM almagest.stars WHERE {test} = 1"));
    }

    [Theory]
    [InlineData("votable/td")]
    [InlineData("votable/b2")]
    public async Task Geometries_are_answered_with_the_types_of_DALI(string format)
    {
        const string Query =
            "SELECT TOP 1 POINT(ra_deg, dec_deg) AS p, CIRCLE(1, 2, 3) AS c, POLYGON(0, 0, 1, 0, 1, 1) AS g, COALESCE(POINT(1, 2), "
            + "CIRCLE(1, 2, 3)) AS r, ivo_epoch_prop(0, 0, NULL, 0, 0, NULL, 2000, 2000) AS n, "
            + "IN_UNIT(ra_deg, 'rad') AS u FROM almagest.stars";
        var answer = await _server.GetAsync(
            $"/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT={Uri.EscapeDataString(format)}&QUERY={Uri.EscapeDataString(Query)}"
        );
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var table = new VoTable(answer.Text);
        Assert.Equal(
            ["double 2 point", "double 3 circle", "double * polygon", "char * adql:REGION", "double * ", "double  "],
            table.Fields.Values.Select(f => $"{f["datatype"]} {f.GetValueOrDefault("arraysize")} {f.GetValueOrDefault("xtype")}")
        );
        Assert.Equal("rad", table.Fields["u"]["unit"]);
        if (format == "votable/td")
            Assert.Equal(
                ("1 2 3", "0 0 1 0 1 1", "Position ICRS 1 2", "0 0 NaN 0 0 NaN"),
                (table.Rows[0]["c"], table.Rows[0]["g"], table.Rows[0]["r"], table.Rows[0]["n"])
            );
    }

    [Theory]
    [InlineData("ivo_epoch_prop_pos(NULL, 11.79, 125, 300, NULL, NULL, 2016.0, 1875)", "NULL")]
    [InlineData("CAST(CAST(source_id AS VARCHAR(20)) || ' x' AS POINT)", "invalid input")]
    [InlineData("ivo_healpix_center(3, star_id * 100000000)", "there is no cell")]
    [InlineData("ivo_histogram(ra_deg, 3, 1, 2)", "lower limit below")]
    public async Task What_cannot_be_computed_is_told(string expression, string because)
    {
        var answer = await _server.GetAsync(
            $"/vo/tap/sync?LANG=ADQL&QUERY={Uri.EscapeDataString($"SELECT {expression} AS v FROM almagest.stars")}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(because, answer.Text, StringComparison.Ordinal);
        Assert.Contains("a value cannot be computed", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MOC('3/5') = POINT(1, 2)", "a MOC is not a value here")]
    [InlineData("CONTAINS(CIRCLE(1, 2, 3), MOC('3/5')) = 1", "a MOC is compared with positions alone")]
    [InlineData("CONTAINS(POINT(1, 2), MOC('3/800')) = 1", "has the cells 800 of order 3, which has 0 to 767")]
    [InlineData("CONTAINS(POINT(1, 2), MOC('30/1')) = 1", "has the order '30', expected 0 to 29")]
    [InlineData("CONTAINS(POINT(1, 2), MOC('5 6')) = 1", "has '5' before an order")]
    [InlineData("CONTAINS(POINT(1, 2), MOC('3/5-')) = 1", "has '5-', expected a cell")]
    [InlineData("CONTAINS(POINT(1, 2), MOC(6, CIRCLE(1, 2, 3))) = 1", "takes a coverage as a text")]
    [InlineData("ARRAY_ELEMENT(ra_deg, 1) = 1", "found a number, expected an array")]
    public async Task Coverages_and_arrays_that_make_no_sense_are_refused(string condition, string because)
    {
        var answer = await _server.GetAsync(
            $"/vo/tap/sync?LANG=ADQL&QUERY={Uri.EscapeDataString($"SELECT star_id FROM almagest.stars WHERE {condition}")}"
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(because, WebUtility.HtmlDecode(answer.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coverage_holds_the_stars_of_its_cells_by_the_index_and_without_it()
    {
        // Many cells of several orders, more than there are ranges in the condition for the index.
        var cells = string.Join(',', Enumerable.Range(0, 200).Select(i => 7 * i));
        var moc = $"MOC('4/{string.Join(',', Enumerable.Range(0, 60).Select(i => 3 * i))} 5/{cells} 6/20000-20100,19000')";
        var within = await RowsAsync(
            "SELECT star_id FROM almagest.stars WHERE MOD(ivo_healpix_index(4, ra_deg, dec_deg), 3) = 0 AND "
                + "ivo_healpix_index(4, ra_deg, dec_deg) < 180 OR MOD(ivo_healpix_index(5, ra_deg, dec_deg), 7) = 0 AND "
                + "ivo_healpix_index(5, ra_deg, dec_deg) < 1400 OR ivo_healpix_index(6, ra_deg, dec_deg) BETWEEN 20000 AND 20100 OR "
                + "ivo_healpix_index(6, ra_deg, dec_deg) = 19000 ORDER BY star_id"
        );
        foreach (var position in new[] { "POINT(ra_deg, dec_deg)", "POINT(ra_deg + 0, dec_deg)" })
        {
            var found = await RowsAsync($"SELECT star_id FROM almagest.stars WHERE 1 = CONTAINS({position}, {moc}) ORDER BY star_id");
            Assert.Equal(within, found);
            var outside = await RowsAsync($"SELECT star_id FROM almagest.stars WHERE 0 = CONTAINS({position}, {moc})");
            Assert.Equal(12, found.Count + outside.Count);
        }
    }

    [Fact]
    public async Task A_star_finds_its_neighbours_in_another_table_by_the_index()
    {
        const string Pairs = "SELECT a.star_id AS a, b.star_id AS b FROM almagest.stars a JOIN dataset.known b ON {0} ORDER BY a, b";
        foreach (var radius in new[] { "0.3", "1", "30", "0.5 + 0 * b.ra_deg" })
        {
            var plain = await RowsAsync(
                Pairs.Replace(
                    "{0}",
                    $"DISTANCE(POINT(a.ra_deg, a.dec_deg), POINT(b.ra_deg, b.dec_deg)) + 0 <= {radius}",
                    StringComparison.Ordinal
                )
            );
            Assert.InRange(plain.Count, 12, 144);
            foreach (
                var condition in new[]
                {
                    $"1 = CONTAINS(POINT(a.ra_deg, a.dec_deg), CIRCLE(b.ra_deg, b.dec_deg, {radius}))",
                    $"DISTANCE(a.ra_deg, a.dec_deg, b.ra_deg, b.dec_deg) <= {radius}",
                    $"DISTANCE(POINT(b.ra_deg, b.dec_deg), POINT(a.ra_deg + 0, a.dec_deg)) <= {radius}",
                }
            )
                Assert.Equal(plain, await RowsAsync(Pairs.Replace("{0}", condition, StringComparison.Ordinal)));
        }
    }

    private async Task<List<string>> RowsAsync(string adql)
    {
        var answer = await _server.GetAsync($"/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&QUERY={Uri.EscapeDataString(adql)}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }
}
