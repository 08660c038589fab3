using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

/// <summary>Where clusters are, how far and moving how; the expected numbers are NumPy's and astropy's.</summary>
public sealed class ClusterStatisticsTests
{
    private static readonly double[] s_parallaxes = [7.1, 7.4, 7.9, 6.8, 7.3];
    private static readonly double[] s_errors = [0.02, 0.3, 0.15, 0.4, 0.05];

    // Across the origin of right ascension.
    private static readonly double[] s_ra = [359.2, 0.4, 1.1, 359.9, 0.7];
    private static readonly double[] s_dec = [59.1, 60.3, 60.9, 61.2, 59.7];

    private static StarColumns Stars(double[] parallaxes, double[]? ra = null, double[]? dec = null) =>
        new()
        {
            StarId = [.. parallaxes.Select((_, i) => (long)i + 1)],
            RaDeg = ra ?? s_ra,
            DecDeg = dec ?? s_dec,
            ParallaxMas = parallaxes,
            PmraMasYr = [.. parallaxes.Select((_, i) => i == 2 ? double.NaN : 10.0 + i)],
            PmdecMasYr = [.. parallaxes.Select(_ => double.NaN)],
            Magnitude = [.. parallaxes.Select(_ => 10.0)],
            Color = [.. parallaxes.Select(_ => 1.0)],
        };

    private static ClusterStatistics One(StarColumns stars, params double[] errors) =>
        Assert.Single(
            ClusterStatistics.Of(stars, ClusterInput.Result(new int[stars.Count], 1), errors.Length == 0 ? null : (Sequence<double>)errors)
        );

    [Fact]
    public void The_position_is_the_direction_of_the_mean_vector_with_its_errors_across_the_origin_of_right_ascension()
    {
        var found = One(Stars(s_parallaxes)).Position!;
        Assert.Equal(0.25278984056600107, found.RaDeg, 1e-10);
        Assert.Equal(60.24165618102362, found.DecDeg, 1e-10);
        Assert.Equal(0.16541687109206005, found.RaErrorDeg!.Value, 1e-10);
        Assert.Equal(0.38380137810471093, found.DecErrorDeg!.Value, 1e-10);
        Assert.Equal(0.7788958098458019, found.RadiusDeg, 1e-10);
    }

    [Theory]
    [InlineData(-999)]
    [InlineData(999.0000610351562)]
    [InlineData(9999)]
    public void Marks_of_missing_parallaxes_are_in_no_mean_parallax_and_no_distance(double mark)
    {
        var (marked, missing) = (One(Stars([10, 10.1, mark, 9.9, mark])), One(Stars([10, 10.1, double.NaN, 9.9, double.NaN])));
        Assert.Equal(10, marked.Parallax!.Value.Mean, 1e-9);
        Assert.Equal((missing.Parallax, missing.Distance), (marked.Parallax, marked.Distance));
    }

    [Fact]
    public void A_cluster_around_the_pole_has_its_position_there()
    {
        var found = One(Stars([1, 1, 1, 1], [10, 100, 190, 280], [89, 89, 89, 89])).Position!;
        Assert.Equal(90, found.DecDeg, 1e-9);
        Assert.Equal(1, found.RadiusDeg, 1e-9);
    }

    // One motion of 100 mas/yr towards RA 0h at the pole, by east and north of each star: (-sin, -cos) of the right ascension.
    private static StarColumns AroundThePole(double dec)
    {
        double[] ra = [10, 100, 190, 280];
        return new StarColumns
        {
            StarId = [1, 2, 3, 4],
            RaDeg = ra,
            DecDeg = [dec, dec, dec, dec],
            ParallaxMas = [1, 1, 1, 1],
            PmraMasYr = Array.ConvertAll(ra, a => -100 * Math.Sin(a * Math.PI / 180)),
            PmdecMasYr = Array.ConvertAll(ra, a => -100 * Math.Cos(a * Math.PI / 180)),
            Magnitude = [10, 10, 10, 10],
            Color = [1, 1, 1, 1],
        };
    }

    [Fact]
    public void Around_a_pole_the_mean_motion_is_of_motions_carried_to_the_middle_and_a_note_says_so()
    {
        var stars = AroundThePole(89.9);
        var found = One(stars);
        // However east and north are called at the pole itself, the motion is as long as that of each star.
        Assert.Equal(100, Math.Sqrt(Math.Pow(found.Pmra!.Value.Mean, 2) + Math.Pow(found.Pmdec!.Value.Mean, 2)), 0.01);
        Assert.InRange(found.Pmra.Value.Error!.Value, 0, 0.01);
        var labels = ClusterInput.Result(new int[4], 1);
        Assert.Contains("near a pole", MeridianTurn.Note(stars, labels, true), StringComparison.Ordinal);
        // Where north turns but little, a mean is what any program makes of the columns.
        var without = MeridianTurn.Note(stars, labels, false);
        Assert.EndsWith("differ. Mean motions are of motions carried to the middle of the cluster.", without, StringComparison.Ordinal);
        Assert.Null(MeridianTurn.Note(Stars(s_parallaxes), ClusterInput.Result(new int[5], 1), true));
        Assert.Equal(12, One(Stars(s_parallaxes)).Pmra!.Value.Mean, 1e-12);
    }

    [Fact]
    public void Stars_all_around_have_no_mean_direction()
    {
        var found = One(Stars([1, 1, 1, 1, 1, 1], [0, 180, 90, 270, 0, 0], [0, 0, 0, 0, 90, -90]));
        Assert.Null(found.Position);
    }

    [Fact]
    public void A_mean_is_over_the_members_that_have_the_value()
    {
        var found = One(Stars(s_parallaxes));
        Assert.Equal(12, found.Pmra!.Value.Mean, 1e-12);
        Assert.Null(found.Pmdec);
        Assert.Equal(5, found.Size);
    }

    [Fact]
    public void The_mean_parallax_is_weighted_where_every_member_has_an_error_and_gives_the_distance()
    {
        var found = One(Stars(s_parallaxes), s_errors);
        Assert.Equal(7.340206221659998, found.Parallax!.Value.Mean, 1e-12);
        Assert.Equal(136.2359543862854, found.Distance!.Value.Mean, 1e-9);
        Assert.Equal(2.252155043792114, found.Distance.Value.Error!.Value, 1e-9);
    }

    [Fact]
    public void Where_one_member_has_no_error_the_scatter_says_it()
    {
        double[] errors = [.. s_errors[..4], double.NaN];
        var found = One(Stars(s_parallaxes), errors);
        Assert.Equal(7.3, found.Parallax!.Value.Mean, 1e-12);
        Assert.Equal(3.408876360402507, found.Distance!.Value.Error!.Value, 1e-9);
        // A member without a parallax does not matter.
        Assert.NotEqual(7.3, One(Stars([.. s_parallaxes[..4], double.NaN]), errors).Parallax!.Value.Mean, 1e-12);
    }

    [Theory]
    [InlineData(new[] { 0.5, -0.4, 0.1, -0.3, 0.2 })]
    [InlineData(new[] { -1.1, -1.2, -1.1, -1.2, -1.1 })]
    public void A_mean_parallax_that_is_not_five_of_its_errors_above_zero_is_no_distance(double[] parallaxes)
    {
        var found = One(Stars(parallaxes));
        Assert.NotNull(found.Parallax);
        Assert.Null(found.Distance);
    }

    [Fact]
    public void Each_cluster_has_its_own_members_and_noise_has_none()
    {
        var found = ClusterStatistics.Of(Stars(s_parallaxes), ClusterInput.Result([1, -1, 0, 1, -1], 2), null);
        Assert.Equal([(0, 1, 7.9), (1, 2, 6.95)], found.Select(c => (c.ClusterId, c.Size, Math.Round(c.Parallax!.Value.Mean, 9))));
        // One star scatters by nothing that is known.
        Assert.Equal((null, null, null), (found[0].Parallax!.Value.Error, found[0].Position!.RaErrorDeg, found[0].Distance));
    }
}
