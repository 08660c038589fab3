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
    public void Without_draws_or_errors_there_is_nothing()
    {
        Assert.Equal((0, 0L), (Run(TwoClumps()).Draws.Stars, Run(TwoClumps()).Draws.Made));
        var (prepared, found) = Cluster(TwoClumps().WithErrors(1), new DbscanParameters { Draws = 0 });
        Assert.Null(StarDraws.Of(prepared, found, new DbscanParameters { Draws = 0 }, new AlgorithmContext()));
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
