using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Redraws;

public sealed class MemberDrawsTests
{
    [Fact]
    public void Small_errors_leave_every_member_where_it_is_and_stars_in_no_cluster_have_no_stability()
    {
        var (found, draws) = Run(TwoClumps().WithErrors(1e-9));
        Assert.Equal(2, found.ClusterCount);
        Assert.True(found.NoiseCount > 0);
        Assert.All(draws.Shares, (share, row) => Assert.Equal(found.Labels[row] < 0 ? double.NaN : 1, share));
        Assert.Null(draws.Spreads);
        Assert.Equal((long)draws.Stars * 32, draws.Made);
    }

    [Fact]
    public void Members_with_large_errors_leave_their_cluster_more_often_and_the_others_do_not_care()
    {
        var stars = TwoClumps();
        double[] errors = [.. Enumerable.Range(0, stars.Count).Select(i => i % 2 == 0 ? 1e-9 : 12)];
        var (found, draws) = Run(stars.With(parallaxError: errors));
        double Mean(int odd) => draws.Shares.Where((_, row) => found.Labels[row] >= 0 && row % 2 == odd).Average();
        Assert.Equal(1, Mean(0));
        Assert.InRange(Mean(1), 0.02, 0.5);
    }

    [Fact]
    public void The_only_core_star_of_a_cluster_has_no_stability_and_its_neighbours_have()
    {
        // One star, and one on each side of it along every axis: each of these is near it, and farther from the others. Axes are scaled.
        var scales = Cross([0, 0, 0]).Prepare("astrometric").Statistics.ToDictionary(s => s.Name, s => 0.05 * s.Scale);
        var prepared = Cross([scales["parallax"], scales["pmra"], scales["pmdec"]]).WithErrors(1e-9).Prepare("astrometric");
        double Distance(int a, int b) =>
            Math.Sqrt(prepared.Matrix.Row(a).ToArray().Zip(prepared.Matrix.Row(b).ToArray(), (x, y) => (x - y) * (x - y)).Sum());
        var eps = 1.001 * Enumerable.Range(1, 6).Max(i => Distance(0, i));
        Assert.All(Enumerable.Range(1, 5), i => Assert.True(Distance(i, i + 1) > eps));
        var parameters = new DbscanParameters { Eps = eps, MinSamples = 7 };
        var found = DbscanAlgorithm.Instance.Cluster(prepared.Matrix, parameters);
        var draws = StarDraws.Of(prepared, found, parameters, new AlgorithmContext())!;
        Assert.All(Enumerable.Range(0, 7), i => Assert.Equal(found.Labels[0], found.Labels[i]));
        Assert.True(found.Labels[0] >= 0);
        Assert.True(double.IsNaN(draws.Shares[0]));
        Assert.False(double.IsNaN(draws.Shares[1]));
        Assert.Equal((long)draws.Stars * 32, draws.Made);
    }

    [Fact]
    public void Without_draws_or_errors_there_is_nothing()
    {
        Assert.Equal((0, 0L), (Run(TwoClumps()).Draws.Stars, Run(TwoClumps()).Draws.Made));
        var (prepared, found) = Cluster(TwoClumps().WithErrors(1), new DbscanParameters { Draws = 0 });
        Assert.Null(StarDraws.Of(prepared, found, new DbscanParameters { Draws = 0 }, new AlgorithmContext()));
    }

    private static StarColumns Cross(double[] arms)
    {
        var stars = NoisyStars.Stars(200);
        double[] Put(double[] values, int axis, double middle) =>
            [
                .. values.Select(
                    (v, i) =>
                        i > 6 ? v
                        : i == 2 * axis + 1 ? middle + arms[axis]
                        : i == 2 * axis + 2 ? middle - arms[axis]
                        : middle
                ),
            ];
        return stars.With(
            parallax: Put(stars.ParallaxMas, 0, 400),
            pmra: Put(stars.PmraMasYr, 1, 4000),
            pmdec: Put(stars.PmdecMasYr, 2, 4000)
        );
    }

    private static StarColumns TwoClumps()
    {
        var random = new Random(5);
        var stars = NoisyStars.Stars(400);
        double[] Around(double[] values, double first, double second) =>
            [
                .. values.Select(
                    (v, i) =>
                        i < 150 ? first + 0.3 * random.Normal()
                        : i < 300 ? second + 0.3 * random.Normal()
                        : v
                ),
            ];
        return stars.With(
            parallax: Around(stars.ParallaxMas, 12, 26),
            pmra: Around(stars.PmraMasYr, -10, 10),
            pmdec: Around(stars.PmdecMasYr, -10, 10)
        );
    }

    private static (ClusterResult Found, StarDraws Draws) Run(StarColumns stars)
    {
        var parameters = new DbscanParameters { Eps = 0.15, MinSamples = 8 };
        var (prepared, found) = Cluster(stars, parameters);
        return (found, StarDraws.Of(prepared, found, parameters, new AlgorithmContext())!);
    }

    private static (PreparedFeatures Prepared, ClusterResult Found) Cluster(StarColumns stars, DbscanParameters parameters)
    {
        var prepared = stars.Prepare("astrometric");
        return (prepared, DbscanAlgorithm.Instance.Cluster(prepared.Matrix, parameters));
    }
}
