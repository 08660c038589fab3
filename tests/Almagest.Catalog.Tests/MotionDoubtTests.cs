using System.Globalization;
using System.Text;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Proper motions without a unit: which are told as perhaps arc seconds a year, and which never.</summary>
public sealed class MotionDoubtTests
{
    private const string Advice =
        "If they are arcsec/yr, say so, and of the other columns alike: pmra_mas_yr=pmRA:arcsec/yr and pmdec_mas_yr=pmDE:arcsec/yr.";

    public static TheoryData<string, double> RealTables =>
        new()
        {
            { "gaia-100pc.csv", 0 },
            { "fields/ngc103-gaia-errors.csv", 0 },
            { "fields/ngc188-gaiadr2-cone.csv", 0 },
            { "fields/ngc2477-field.csv", 0 },
            { "fields/null-field.csv", 0 },
            { "fields/pleiades-gaiadr3-cone.fits", 0 },
            { "fields/praesepe-gaiadr2-cone.csv", 0 },
            { "fields/ruprecht147-gaiadr2-cone.csv.gz", 0 },
            { "stars/bright-stars-125982.csv.gz", 0 },
            // Lists of fast stars.
            { "stars/bright-stars-125982.csv.gz", 200 },
            { "gaia-100pc.csv", 150 },
        };

    [Theory]
    [MemberData(nameof(RealTables))]
    public void Real_tables_are_told_where_they_are_written_in_arcsec_and_only_there(string file, double least)
    {
        var stars = Load.File(RealData.File(file))
            .Stars.Where(s => double.IsFinite(s.Pmra) && double.IsFinite(s.Pmdec) && Math.Sqrt(s.Pmra * s.Pmra + s.Pmdec * s.Pmdec) > least)
            .Take(20000)
            .ToList();
        Assert.True(stars.Count >= 300, $"{stars.Count} stars");
        foreach (var withParallax in new[] { true, false })
        {
            Assert.DoesNotContain("arcsec/yr", Told(stars, 1, withParallax), StringComparison.Ordinal);
            Assert.EndsWith(Advice, Told(stars, 0.001, withParallax), StringComparison.Ordinal);
        }
        // In arcsec throughout: what is told of parallaxes does not hide it.
        Assert.Contains("pmra_mas_yr=pmRA:arcsec/yr", Told(stars, 0.001, true, 0.001), StringComparison.Ordinal);
    }

    [Fact]
    public void Faint_and_far_stars_measured_in_mas_are_not_told()
    {
        var random = new Random(5);
        double Scatter() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        // Quasars and a dwarf galaxy, by their errors; the same without; young stars that come towards us.
        (double Pm, double Error, double Parallax)[] samples = [(0, 0.25, 0.1), (0.2, 0.1, 0.02), (0.2, 0.01, 0.01), (1.5, 0.7, 2.5)];
        foreach (var (pm, error, parallax) in samples)
        {
            var stars = Enumerable
                .Range(1, 400)
                .Select(i => Star(i, pm + error * Scatter(), error * Scatter(), parallax + 0.1 * Scatter()))
                .ToList();
            Assert.Equal("", Told(stars, 1, true));
            Assert.Equal("", Told(stars, 1, false));
        }
    }

    [Fact]
    public void Units_that_are_said_marks_and_zeros_are_left_in_peace()
    {
        var stars = Enumerable.Range(1, 20).Select(i => Star(i, 5 * i, -3 * i, 10)).ToList();
        Assert.Contains("arcsec/yr", Told(stars, 0.001, true), StringComparison.Ordinal);
        Assert.Contains("arcsec/yr", Told([.. stars, Star(21, -999e3, -999e3, 10)], 0.001, true), StringComparison.Ordinal);
        Assert.Equal("", Told(stars, 0.001, true, heading: "pmRA [mas/yr],pmDE [mas/yr]"));
        Assert.Equal("", Told([.. stars.Take(7)], 0.001, true));
        Assert.Equal("", Told([.. stars.Select(s => s with { Pmra = 0, Pmdec = 0 })], 1, true));
        // Faster than any star in arcsec/yr.
        Assert.Equal("", Told([.. stars, Star(21, 12e3, 0, 10)], 0.001, true));
    }

    private static Star Star(int id, double pmra, double pmdec, double parallax) =>
        new($"{id}", 100 + id / 100.0, 10 + id / 100.0, parallax, double.NaN, pmra, pmdec, 0, 0, 0, 0, "", 0, null, null, null);

    private static string Told(
        IReadOnlyList<Star> stars,
        double motions,
        bool withParallax,
        double parallaxes = 1,
        string heading = "pmRA,pmDE"
    )
    {
        var text = new StringBuilder($"source_id,ra_deg,dec_deg,{heading}{(withParallax ? ",Plx" : "")}\n");
        for (var i = 0; i < stars.Count; i++)
        {
            var s = stars[i];
            text.Append(CultureInfo.InvariantCulture, $"{i + 1},{s.Ra},{s.Dec},{s.Pmra * motions:R},{s.Pmdec * motions:R}");
            if (withParallax)
                text.Append(CultureInfo.InvariantCulture, $",{(double.IsFinite(s.Parallax) ? $"{s.Parallax * parallaxes:R}" : "")}");
            text.Append('\n');
        }
        var told = Load.Text(text.ToString()).Report.Suspicions.Where(s => s.Contains("motion", StringComparison.Ordinal));
        return string.Join('\n', told);
    }
}
