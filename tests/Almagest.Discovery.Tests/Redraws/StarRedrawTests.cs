using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Redraws;

public sealed class StarRedrawTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Draws_have_the_errors_and_the_correlation_of_the_star()
    {
        var stars = NoisyStars.Stars(50).WithErrors(0.5, -0.8);
        var prepared = stars.Prepare("astrometric");

        var drawn = Units(prepared, 7);

        double Mean(int f) => drawn.Average(d => d[f]);
        double[] means = [Mean(0), Mean(1), Mean(2)];
        double Covariance(int f, int g) => drawn.Average(d => (d[f] - means[f]) * (d[g] - means[g]));
        // Columns: pmra, pmdec, parallax.
        Assert.Equal(stars.PmraMasYr[7], means[0], 0.02);
        Assert.Equal(stars.ParallaxMas[7], means[2], 0.02);
        Assert.All([0, 1, 2], f => Assert.Equal(0.25, Covariance(f, f), 0.01));
        Assert.Equal(-0.8 * 0.25, Covariance(0, 2), 0.01);
        Assert.Equal(0, Covariance(0, 1), 0.01);
    }

    [Fact]
    public void A_draw_of_a_star_is_the_same_in_any_row_and_with_any_draws_before_it()
    {
        var stars = NoisyStars.Stars(50).WithErrors(0.5);
        // The same scales: those of all stars.
        var (there, back) = (stars.Prepare("astrometric"), stars.Reversed().Prepare("astrometric"));
        var (first, all) = (new double[3], new double[30]);

        new StarRedraw(there, DistanceRule.Usual, 1).Draw(7, 0, 3, all);
        new StarRedraw(back, DistanceRule.Usual, 1).Draw(42, 9, 3, first);

        Assert.Equal(all[27..], first, (a, b) => Math.Abs(a - b) < 1e-12);
        new StarRedraw(there, DistanceRule.Usual, 2).Draw(7, 9, 3, first);
        Assert.NotEqual(all[27..], first);
    }

    [Fact]
    public void A_parallax_that_is_a_distance_stays_positive_and_one_that_is_taken_as_it_is_may_not()
    {
        var any = DistanceRule.AnyParallax;
        var stars = NoisyStars.Stars(50);
        stars = stars.With(parallax: [.. stars.ParallaxMas.Select((_, i) => 0.1 + 1e-6 * i)]).WithErrors(1);

        var (speeds, asMeasured) = (Units(stars.Prepare("population", any), 3, any), Units(stars.Prepare("astrometric", any), 3, any));

        Assert.All(speeds, d => Assert.InRange(d[2], 0, 4.75 * 1000 * 60 * 50));
        // Half of the draws or more are of the positive half: the distribution is cut there and nowhere else.
        var magnitude = stars.Magnitude[3];
        double[] parallaxes = [.. speeds.Select(d => Math.Pow(10, (d[0] - magnitude + 10) / 5)).Order()];
        Assert.True(parallaxes[0] >= DistanceRule.MinParallaxMas * 0.999999);
        // The median of a normal distribution about 0.1 with error 1, above 0.
        Assert.Equal(0.7372, parallaxes[Draws / 2], 0.03);
        Assert.Contains(asMeasured, d => d[2] < 0);
    }

    [Fact]
    public void What_has_no_error_stays_as_it_is_measured()
    {
        var stars = NoisyStars.Stars(50).With(parallaxError: [.. Enumerable.Range(0, 50).Select(i => i == 4 ? double.NaN : 0.2)]);
        var redraw = new StarRedraw(stars.Prepare("astrometric"), DistanceRule.Usual, 1);
        Assert.Equal([StarColumn.Parallax], redraw.Errors.Columns);
        Assert.False(redraw.Errors.Has(4));
        var drawn = Units(stars.Prepare("astrometric"), 5);
        Assert.All(drawn, d => Assert.Equal(stars.PmraMasYr[5], d[0], 9));
        Assert.NotEqual(stars.ParallaxMas[5], drawn[0][2], 4);
    }

    [Fact]
    public void Correlations_that_contradict_each_other_are_left_out()
    {
        var stars = NoisyStars.Stars(20).WithErrors(1);
        stars = stars.With(
            new Dictionary<string, double[]>
            {
                ["parallax_pmra_corr"] = [.. Enumerable.Repeat(0.99, 20)],
                ["parallax_pmdec_corr"] = [.. Enumerable.Repeat(0.99, 20)],
                ["pmra_pmdec_corr"] = [.. Enumerable.Repeat(-0.99, 20)],
            }
        );
        var errors = MeasurementErrors.Of(stars, [StarColumn.Parallax, StarColumn.Pmra, StarColumn.Pmdec]);
        var factor = new double[9];
        errors.Factor(0, factor);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], factor);
    }

    [Fact]
    public void A_position_is_moved_along_the_sky_at_the_pole_too()
    {
        var stars = NoisyStars.Stars(50);
        stars = stars.With(dec: [.. stars.DecDeg.Select((d, i) => i == 0 ? 90 : d)]).WithErrors(3.6e6 * 0.01);
        var drawn = Units(stars.Prepare("sphere"), 0);
        // A hundredth of a degree in each direction.
        var spread = 0.01 * Math.PI / 180;
        Assert.Equal(spread, Math.Sqrt(drawn.Average(d => d[0] * d[0])), spread / 50);
        Assert.Equal(spread, Math.Sqrt(drawn.Average(d => d[1] * d[1])), spread / 50);
    }

    private static double[][] Units(PreparedFeatures prepared, int row, DistanceRule? distances = null)
    {
        var columns = prepared.Matrix.Columns;
        var rows = new double[Draws * columns];
        new StarRedraw(prepared, distances ?? DistanceRule.Usual, 1).Draw(row, 0, columns, rows);
        return
        [
            .. rows.Chunk(columns)
                .Select(d =>
                    d.Select(
                            (v, f) =>
                                prepared.Statistics[f].IsConstant
                                    ? prepared.Statistics[f].Mean
                                    : v * prepared.Statistics[f].Scale + prepared.Statistics[f].Centre
                        )
                        .ToArray()
                ),
        ];
    }
}
