using Almagest.Discovery.Features;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Tests.Features;
using Almagest.Sky;
using Xunit;

namespace Almagest.Discovery.Tests.Recovery;

/// <summary>Clusters with the properties that were asked for, and what becomes of them.</summary>
public sealed class ClusterPlanterTests
{
    private static TrialField Field(StarColumns stars, double error = 0, Func<CatalogStar, bool>? admits = null) =>
        new(stars.With(parallaxError: [.. Enumerable.Repeat(error, stars.Count)]), admits ?? (_ => true));

    private static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / all.Length);
    }

    [Fact]
    public void Its_members_lie_and_move_as_was_asked()
    {
        var members = ClusterPlanter
            .Plant(Field(MadeStars.Random(1000)), new ClusterPlan(20_000, 200, 3, 0.5), 1, 0)
            .Select(p => p.Star)
            .ToList();
        Assert.Equal(20_000, members.Count);
        var places = members.ConvertAll(m => SkyCoordinates.ToUnitVector(m.RaDeg, m.DecDeg) * (1000 / m.ParallaxMas));
        var centre = places.Aggregate((a, b) => a + b) * (1.0 / places.Count);
        Assert.Equal(200, centre.Norm, 0.2);
        foreach (var axis in new Func<SkyVector, double>[] { v => v.X, v => v.Y, v => v.Z })
            Assert.Equal(3, Deviation(places.Select(axis)), 0.1);
        Assert.Equal(0.5, Deviation(members.Select(m => m.PmraMasYr)), 0.02);
        Assert.Equal(0.5, Deviation(members.Select(m => m.PmdecMasYr)), 0.02);
    }

    [Fact]
    public void Errors_widen_what_was_measured_and_gaps_stay_gaps()
    {
        var stars = MadeStars.Random(1000);
        for (var i = 0; i < 500; i++)
            stars.ParallaxMas[i] = stars.PmraMasYr[i] = stars.PmdecMasYr[i] = double.NaN;
        var members = ClusterPlanter.Plant(Field(stars, 0.4), new ClusterPlan(20_000, 200, 0.001, 0.3), 1, 0).Select(p => p.Star).ToList();
        var measured = members.Where(m => !double.IsNaN(m.ParallaxMas)).ToList();
        Assert.Equal(0.5, (double)measured.Count / members.Count, 0.02);
        Assert.All(members, m => Assert.Equal(double.IsNaN(m.ParallaxMas), double.IsNaN(m.PmraMasYr)));
        Assert.Equal(0.4, Deviation(measured.Select(m => m.ParallaxMas)), 0.02);
        Assert.Equal(Math.Sqrt(0.3 * 0.3 + 0.384 * 0.384), Deviation(measured.Select(m => m.PmraMasYr)), 0.02);
        Assert.Subset(stars.Magnitude.ToHashSet(), members.Select(m => m.Magnitude).ToHashSet());
    }

    [Fact]
    public void A_larger_cluster_holds_the_smaller_one_of_the_same_seed_and_members_outside_the_selection_are_left_out()
    {
        var field = Field(MadeStars.Random(1000), 0.1);
        var small = ClusterPlanter.Plant(field, new ClusterPlan(10, 200, 3, 0.5), 5, 2);
        Assert.Equal(small, ClusterPlanter.Plant(field, new ClusterPlan(50, 200, 3, 0.5), 5, 2).Take(10));
        Assert.NotEqual(small, ClusterPlanter.Plant(field, new ClusterPlan(10, 200, 3, 0.5), 5, 3));
        var bright = ClusterPlanter.Plant(Field(field.Stars, 0.1, s => s.Magnitude < 13), new ClusterPlan(50, 200, 3, 0.5), 5, 2);
        Assert.InRange(bright.Count, 10, 40);
        Assert.All(bright, p => Assert.True(p.Star.Magnitude < 13));
    }

    // Ten real stars on a line, then five planted ones around 100.
    private static FeatureMatrix Line() => new(15, ["x"], [0, 1, 2, 3, 4, 5, 6, 7, 8, 100.5, 99, 100, 100, 101, 103]);

    [Fact]
    public void A_cluster_is_recovered_where_half_of_its_members_are_together_and_among_themselves()
    {
        //                       real                              planted
        var whole = PlantedClusterMatch.Of([0, 0, 0, 0, 0, 0, -1, -1, -1, 1, 1, 1, 1, 1, -1], 10, Line());
        Assert.Equal((1, 4, 5, 5), (whole.Cluster, whole.Found, whole.Planted, whole.Size));
        Assert.Equal((0.8, 0.8, true), (whole.Completeness, whole.Purity, whole.IsRecovered));
        // Around 100 three members lie within 1, and one real star.
        Assert.Equal(4, whole.Contrast);
        Assert.False(PlantedClusterMatch.Of([0, 0, 0, 0, 0, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0], 10, Line()).IsRecovered);
        Assert.False(PlantedClusterMatch.Of([0, 0, 0, 0, 0, 0, -1, -1, -1, -1, 1, 1, 2, 2, -1], 10, Line()).IsRecovered);
        var none = PlantedClusterMatch.Of([.. Enumerable.Repeat(-1, 15)], 10, Line());
        Assert.Equal((null, 0.0, 0.0, false), (none.Cluster, none.Completeness, none.Purity, none.IsRecovered));
    }

    [Fact]
    public void A_cluster_that_was_there_before_or_holds_the_planted_one_is_not_spurious()
    {
        int[] plain = [0, 0, 0, 0, 1, 1, 1, -1, -1, -1];
        Assert.Equal(0, PlantedClusterMatch.SpuriousOf([5, 5, 5, 5, 2, 2, 2, -1, -1, -1, 7, 7, 7, 7, 7], 10, plain, 7));
        Assert.Equal(1, PlantedClusterMatch.SpuriousOf([5, 5, 5, 5, 2, 2, 2, -1, -1, -1, 7, 7, 7, 7, 7], 10, plain, null));
        Assert.Equal(1, PlantedClusterMatch.SpuriousOf([5, 5, 5, 5, 2, 2, 2, 8, 8, 8, 7, 7, 7, 7, 7], 10, plain, 7));
    }

    [Fact]
    public void Bins_hold_what_lies_in_them_and_their_edges_are_round()
    {
        var bins = RecoveryBins.Even([.. Enumerable.Range(0, 1000).Select(i => 10 + i * 0.00999)], 5, 3);
        foreach (var (value, found) in new[] { (5.0, true), (12.0, false), (12.0, true), (19.5, true), (double.NaN, false) })
            bins.Add(value, found);
        Assert.Equal(
            [(null, 12.0, 1L, 1L), (12.0, 14.0, 2L, 1L), (18.0, null, 1L, 1L), ((double?)null, (double?)null, 1L, 0L)],
            bins.Read().Select(b => (b.From, b.To, b.Recovery.Trials, b.Recovery.Successes))
        );
        Assert.True(bins.Read()[^1].IsUnknown);
        Assert.Equal(0.0123, RecoveryBins.Rounded(0.0123456, 3));
        Assert.Equal(1200, RecoveryBins.Rounded(1234, 2));
    }
}
