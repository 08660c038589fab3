using Almagest.Discovery.Simulation;
using Almagest.Sky;
using Xunit;

namespace Almagest.Discovery.Tests.Simulation;

public sealed class SkySimulatorTests
{
    private static readonly SimulatedStar[] s_sky = [.. new SkySimulator(new() { Stars = 40_000 }).Stars()];

    [Fact]
    public void There_are_as_many_stars_outliers_and_members_as_asked()
    {
        var simulator = new SkySimulator(new() { Stars = 40_000, OutlierFraction = 0.02 });
        var sky = simulator.Stars().ToArray();
        Assert.Equal(40_000, sky.Length);
        Assert.Equal(800, sky.Count(star => star.IsOutlier));
        Assert.Equal(800, simulator.PlantedOutliers);
        var kinds = sky.Where(star => star.IsOutlier).CountBy(star => star.Kind).ToDictionary();
        Assert.Equal(OutlierKinds.Planted.Order(), kinds.Keys.Order());
        Assert.All(kinds.Values, count => Assert.InRange(count, 266, 267));
        Assert.Equal(266, sky.Count(star => star.Kind == OutlierKind.SpuriousAstrometry));
        Assert.Equal(266, simulator.PlantedSpurious);
        Assert.Equal(
            simulator.PlantedClusters.ToDictionary(c => c.Cluster.Name, c => c.Members),
            sky.Where(star => star.Cluster is not null)
                .GroupBy(star => star.Cluster!)
                .ToDictionary(group => group.Key, group => (long)group.Count())
        );
        Assert.Equal(8, simulator.PlantedClusters.Count);
        Assert.InRange(sky.Count(star => star.Cluster is not null), 3990, 4000);
    }

    [Fact]
    public void Source_ids_are_unique_and_hold_the_cell_of_the_position()
    {
        Assert.Equal(s_sky.Length, s_sky.Select(star => star.SourceId).Distinct().Count());
        Assert.All(s_sky, star => Assert.Equal(Healpix.AngToPix(12, star.RaDeg, star.DecDeg), star.SourceId >> 35));
    }

    [Fact]
    public void Values_are_finite_in_range_or_missing_together()
    {
        Assert.All(
            s_sky,
            star =>
            {
                Assert.InRange(star.RaDeg, 0, Math.BitDecrement(360.0));
                Assert.InRange(star.DecDeg, -90, 90);
                Assert.InRange(star.PhotGMeanMag, -4, 17.05);
                double[] astrometry =
                [
                    star.ParallaxMas,
                    star.ParallaxErrorMas,
                    star.PmraMasYr,
                    star.PmraErrorMasYr,
                    star.PmdecMasYr,
                    star.PmdecErrorMasYr,
                    star.Ruwe,
                ];
                Assert.True(star.RaErrorMas > 0 && star.DecErrorMas > 0);
                Assert.True(astrometry.All(double.IsFinite) || astrometry.All(double.IsNaN));
                Assert.False(double.IsInfinity(star.BpRp) || double.IsInfinity(star.RadialVelocityKmS));
                if (star.Kind != OutlierKind.None)
                    Assert.True(double.IsFinite(star.ParallaxMas + star.BpRp));
            }
        );
        Assert.InRange(s_sky.Count(star => double.IsNaN(star.ParallaxMas)), 100, 800);
        Assert.InRange(s_sky.Count(star => double.IsNaN(star.BpRp)), 100, 400);
        Assert.InRange(s_sky.Count(star => !double.IsNaN(star.RadialVelocityKmS)), 1000, 20_000);
    }

    [Theory]
    [InlineData("Pleiades")]
    [InlineData("Hyades")]
    [InlineData("Praesepe")]
    [InlineData("alpha Persei")]
    [InlineData("Blanco 1")]
    public void A_planted_cluster_stands_where_the_real_one_does_and_moves_like_it(string name)
    {
        var real = OpenCluster.Known.Single(cluster => cluster.Name == name);
        var members = s_sky.Where(star => star.Cluster == name && !double.IsNaN(star.ParallaxMas)).ToArray();
        Assert.True(members.Length > 100);
        var mean = members.Aggregate(default(SkyVector), (sum, star) => sum + SkyCoordinates.ToUnitVector(star.RaDeg, star.DecDeg));
        var (ra, dec) = SkyCoordinates.FromVector(mean);
        var extent = Math.Asin(12 / real.DistancePc) * 180 / Math.PI;
        Assert.InRange(SkyCoordinates.SeparationDeg(real.RaDeg, real.DecDeg, ra, dec), 0, extent / 5);
        Assert.All(
            members,
            star => Assert.InRange(SkyCoordinates.SeparationDeg(real.RaDeg, real.DecDeg, star.RaDeg, star.DecDeg), 0, extent)
        );
        Assert.Equal(real.ParallaxMas, Median(members.Select(star => star.ParallaxMas)), 0.02 * real.ParallaxMas);
        Assert.Equal(real.PmraMasYr, Median(members.Select(star => star.PmraMasYr)), 0.05 * Math.Abs(real.PmraMasYr) + 0.2);
        Assert.Equal(real.PmdecMasYr, Median(members.Select(star => star.PmdecMasYr)), 0.08 * Math.Abs(real.PmdecMasYr) + 0.2);
        Assert.Equal(real.RadialVelocityKmS, Median(members.Select(star => star.RadialVelocityKmS).Where(double.IsFinite)), 1.0);
    }

    [Fact]
    public void The_Blanco_1_cluster_crosses_right_ascension_0()
    {
        var members = s_sky.Where(star => star.Cluster == "Blanco 1").ToArray();
        Assert.Contains(members, star => star.RaDeg > 358);
        Assert.Contains(members, star => star.RaDeg < 3);
    }

    [Fact]
    public void The_field_crowds_towards_the_Galactic_plane_and_its_centre()
    {
        var field = s_sky
            .Where(star => star is { Cluster: null, IsOutlier: false })
            .Select(star => GalacticFrame.FromIcrs(star.RaDeg, star.DecDeg))
            .ToArray();
        var low = field.Count(at => Math.Abs(at.BDeg) < 19.47); // a third of the sphere
        Assert.InRange((double)low / field.Length, 0.6, 0.9);
        var inner = field.Count(at => at.LDeg is < 90 or > 270);
        Assert.InRange((double)inner / field.Length, 0.54, 0.65);
    }

    [Fact]
    public void Each_kind_of_outlier_is_what_it_says()
    {
        foreach (var star in s_sky.Where(star => star.Kind != OutlierKind.None))
        {
            var absolute = star.PhotGMeanMag + 5 * Math.Log10(star.ParallaxMas / 100);
            var speed =
                Constants.AuPerYearKmS * Math.Sqrt(star.PmraMasYr * star.PmraMasYr + star.PmdecMasYr * star.PmdecMasYr) / star.ParallaxMas;
            switch (star.Kind)
            {
                case OutlierKind.WhiteDwarf:
                    Assert.True(absolute > 9.5 && star.BpRp < 1.2, star.ToString());
                    break;
                case OutlierKind.Giant:
                    Assert.True(star.BpRp > 2.5 && star.PhotGMeanMag < 13, star.ToString());
                    break;
                case OutlierKind.SpuriousAstrometry:
                    Assert.True(star.Ruwe >= 3 && star.ParallaxErrorMas > 0.5 && !star.IsOutlier, star.ToString());
                    break;
                case OutlierKind.HighVelocity:
                    Assert.InRange(speed, 1, 800);
                    break;
                default:
                    break;
            }
        }

        var fast = s_sky
            .Where(star => star.Kind == OutlierKind.HighVelocity)
            .Count(star =>
                Constants.AuPerYearKmS * Math.Sqrt(star.PmraMasYr * star.PmraMasYr + star.PmdecMasYr * star.PmdecMasYr) / star.ParallaxMas
                > 200
            );
        Assert.InRange(fast, 108, 134); // of 133 or 134; the others come nearly straight on
    }

    [Fact]
    public void Errors_grow_with_magnitude()
    {
        var bright = Median(
            s_sky.Where(star => star.PhotGMeanMag is > 11 and < 13 && !star.IsOutlier).Select(star => star.ParallaxErrorMas)
        );
        var faint = Median(s_sky.Where(star => star.PhotGMeanMag is > 16.5 && !star.IsOutlier).Select(star => star.ParallaxErrorMas));
        Assert.InRange(bright, 0.01, 0.03);
        Assert.InRange(faint, 0.05, 0.12);
    }

    [Fact]
    public void Measured_values_scatter_by_the_errors_that_are_said()
    {
        // A member's motion and parallax are the cluster's own but for some 1 km/s and its depth: of far and faint ones, errors.
        var real = OpenCluster.Known.Single(cluster => cluster.Name == "NGC 2516");
        var members = new SkySimulator(
            new SkySimulationOptions
            {
                Stars = 60_000,
                ClusterFraction = 0.3,
                Region = SkyRegion.Cone(real.RaDeg, real.DecDeg, 3),
                Clusters = 6,
                MagnitudeLimit = 21,
            }
        ).Stars().Where(star => star.Cluster == real.Name && star.PhotGMeanMag > 20.2 && !double.IsNaN(star.ParallaxMas)).ToArray();
        Assert.InRange(members.Length, 60, 5000);
        Assert.InRange(Scatter(star => (star.ParallaxMas - real.ParallaxMas) / star.ParallaxErrorMas), 0.8, 1.2);
        Assert.InRange(Scatter(star => (star.PmraMasYr - real.PmraMasYr) / star.PmraErrorMasYr), 0.8, 1.25);
        Assert.InRange(Scatter(star => (star.PmdecMasYr - real.PmdecMasYr) / star.PmdecErrorMasYr), 0.8, 1.25);
        // Gaia's third release, science performance.
        Assert.All(members, star => Assert.Equal(1.03 / 0.89, star.PmraErrorMasYr / star.PmdecErrorMasYr, 1e-9));
        Assert.All(members, star => Assert.Equal(0.80, star.RaErrorMas / star.ParallaxErrorMas, 1e-9));

        double Scatter(Func<SimulatedStar, double> deviation)
        {
            var deviations = members.Select(deviation).ToArray();
            return Math.Sqrt(deviations.Average(d => d * d));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_stars_on_any_number_of_threads_and_another_seed_gives_others()
    {
        var options = new SkySimulationOptions { Stars = 30_000, Seed = 7 };
        var one = new SkySimulator(options).Batches(1, TestContext.Current.CancellationToken).SelectMany(batch => batch).ToArray();
        var many = new SkySimulator(options).Batches(5, TestContext.Current.CancellationToken).SelectMany(batch => batch).ToArray();
        Assert.Equal(one, many);
        Assert.Equal(one[29_999], new SkySimulator(options).Star(29_999));
        Assert.NotEqual(one[0], new SkySimulator(options with { Seed = 8 }).Star(0));
    }

    [Fact]
    public void A_billion_stars_begin_at_once()
    {
        var simulator = new SkySimulator(new() { Stars = 1_000_000_000, Clusters = 13 });
        Assert.Equal(8192, simulator.Batches(2, TestContext.Current.CancellationToken).First().Length);
        Assert.Equal(simulator.PlantedClusters.Sum(c => c.Cluster.Members), simulator.PlantedClusters.Sum(c => c.Members));
        Assert.True(double.IsFinite(simulator.Star(999_999_999).RaDeg));
    }

    [Fact]
    public void A_cone_holds_its_field_and_the_clusters_centred_in_it()
    {
        var region = SkyRegion.Cone(56.6, 24.1, 3);
        var simulator = new SkySimulator(
            new()
            {
                Stars = 5000,
                Region = region,
                Clusters = 13,
                ClusterFraction = 0.2,
            }
        );
        Assert.Equal(["Pleiades"], simulator.PlantedClusters.Select(c => c.Cluster.Name));
        var sky = simulator.Stars().ToArray();
        Assert.All(sky.Where(star => star.Cluster is null), star => Assert.True(region.Contains(star.RaDeg, star.DecDeg)));
        Assert.Equal(1000, sky.Count(star => star.Cluster == "Pleiades"));
        var inner = sky.Count(star =>
            star.Cluster is null && SkyCoordinates.SeparationDeg(56.6, 24.1, star.RaDeg, star.DecDeg) < 3 / Math.Sqrt(2)
        );
        Assert.InRange(inner / 4000.0, 0.45, 0.55);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8193)]
    public void Any_number_of_stars_can_be_made(int stars) =>
        Assert.Equal(stars, new SkySimulator(new() { Stars = stars }).Stars().Select(star => star.SourceId).Distinct().Count());

    [Fact]
    public void The_permutation_reaches_every_index_once()
    {
        foreach (var count in (int[])[1, 2, 3, 4, 5, 15, 16, 17, 1000])
            Assert.Equal(
                Enumerable.Range(0, count).Select(i => (long)i),
                Enumerable.Range(0, count).Select(i => StarRandom.Shuffle(9, i, count)).Order()
            );
    }

    [Fact]
    public void An_option_out_of_range_is_refused_by_its_name()
    {
        Refused(new() { Stars = 0 }, "stars");
        Refused(new() { Clusters = 14 }, "clusters");
        Refused(new() { ClusterFraction = 0.6 }, "cluster_fraction");
        Refused(new() { OutlierFraction = double.NaN }, "outlier_fraction");
        Refused(new() { MagnitudeLimit = 25 }, "magnitude_limit");
        Assert.Throws<DiscoveryException>(() => SkyRegion.Cone(10, 95, 1));

        static void Refused(SkySimulationOptions options, string name) =>
            Assert.StartsWith(
                name + " is",
                Assert.Throws<DiscoveryException>(() => new SkySimulator(options)).Message,
                StringComparison.Ordinal
            );
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
