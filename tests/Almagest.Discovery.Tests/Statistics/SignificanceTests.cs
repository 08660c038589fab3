using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>P values, their adjustment, credible intervals and agreement, against SciPy, scikit-learn and NumPy.</summary>
public sealed class SignificanceTests
{
    [Fact]
    public void Chances_of_overlaps_are_SciPys_far_into_both_tails()
    {
        var extremes = 0;
        foreach (var c in SciPyReference.Of("hypergeometric").EnumerateArray())
        {
            var expected = c.Number("log10_p");
            var found = Hypergeometric.Log10UpperTail(c.Whole("total"), c.Whole("first"), c.Whole("second"), c.Whole("common"));
            Assert.True(Math.Abs(found - expected) <= 2e-7 * Math.Max(1, Math.Abs(expected)), $"{c}: {found}");
            if (expected < -400)
                extremes++;
        }
        Assert.True(extremes >= 5);
    }

    [Fact]
    public void The_chance_of_an_overlap_does_not_depend_on_which_run_is_first_and_falls_with_the_overlap() =>
        s_counts.Sample(
            c =>
            {
                var (least, most) = (Math.Max(0, c.First + c.Second - c.Total), Math.Min(c.First, c.Second));
                var last = 0.0;
                for (var k = least; k <= most; k += Math.Max(1, (most - least) / 25))
                {
                    var p = Hypergeometric.Log10UpperTail(c.Total, c.First, c.Second, k);
                    Assert.Equal(p, Hypergeometric.Log10UpperTail(c.Total, c.Second, c.First, k), 1e-7 * Math.Max(1, -p));
                    Assert.InRange(p, double.NegativeInfinity, last + 1e-9);
                    last = p;
                }
            },
            iter: 300
        );

    private static readonly Gen<(long Total, long First, long Second)> s_counts =
        from total in Gen.Long[1, 200_000]
        from first in Gen.Long[0, total]
        from second in Gen.Long[0, total]
        select (total, first, second);

    [Fact]
    public void Chances_of_overlaps_on_both_sides_are_SciPys()
    {
        foreach (var c in SciPyReference.Of("hypergeometric").EnumerateArray())
        {
            var expected = c.Number("log10_two_sided");
            var found = Hypergeometric.Log10TwoSided(c.Whole("total"), c.Whole("first"), c.Whole("second"), c.Whole("common"));
            Assert.True(Math.Abs(found - expected) <= 3e-7 * Math.Max(1, Math.Abs(expected)), $"{c}: {found}");
        }
    }

    [Theory]
    [InlineData(20, 10, 10, 5, 1.0)] // the most probable overlap
    [InlineData(20, 10, 10, 0, 2 / 184756.0)] // none, and all, of twenty
    [InlineData(20, 10, 10, 10, 2 / 184756.0)]
    [InlineData(10, 3, 3, 3, 1 / 120.0)] // nothing on the other side is so rare
    [InlineData(5, 5, 5, 5, 1.0)]
    [InlineData(0, 0, 0, 0, 1.0)]
    public void A_two_sided_chance_counts_what_is_no_more_probable(long total, long first, long second, long common, double p) =>
        Assert.Equal(p, Math.Pow(10, Hypergeometric.Log10TwoSided(total, first, second, common)), 1e-9);

    [Fact]
    public void Quantiles_of_rates_are_SciPys()
    {
        foreach (var c in SciPyReference.Of("beta").EnumerateArray())
        {
            var (a, b) = (c.Number("flagged") + 0.5, c.Number("analysed") - c.Number("flagged") + 0.5);
            Close(c.Number("low"), BetaDistribution.Quantile(0.025, a, b), c);
            Close(c.Number("high"), BetaDistribution.Quantile(0.975, a, b), c);
            Assert.Equal(c.Number("cdf_at_0_3"), BetaDistribution.Cdf(0.3, a, b), 1e-11);
        }

        static void Close(double expected, double found, object of) =>
            Assert.True(Math.Abs(found - expected) <= 1e-9 * expected, $"{of}: {found}, expected {expected}");
    }

    [Fact]
    public void A_quantile_is_where_the_distribution_reaches_the_share() =>
        Gen.Select(Gen.Double[0.001, 0.999], Gen.Double[0.3, 300], Gen.Double[0.3, 300])
            .Sample((p, a, b) => Assert.Equal(p, BetaDistribution.Cdf(BetaDistribution.Quantile(p, a, b), a, b), 1e-9), iter: 2000);

    [Fact]
    public void Adjusted_p_values_are_those_of_Benjamini_and_Hochberg()
    {
        foreach (var c in SciPyReference.Of("benjamini_hochberg").EnumerateArray())
        {
            var q = FalseDiscoveryRate.AdjustLog10([.. c.Doubles("p").Select(p => Math.Min(0, Math.Log10(p)))]);
            Assert.All(q.Zip(c.Doubles("q")), v => Assert.Equal(v.Second, Math.Pow(10, v.First), 1e-12));
        }
    }

    [Fact]
    public void Adjusted_p_values_are_never_smaller_keep_the_order_and_do_not_depend_on_the_order_of_the_tests() =>
        Gen.Select(Gen.Double[-6000, 0].Array[1, 60], Gen.Int[0, 1 << 30])
            .Sample(
                (p, seed) =>
                {
                    var q = FalseDiscoveryRate.AdjustLog10(p);
                    var shuffled = Enumerable.Range(0, p.Length).ToArray();
                    new Random(seed).Shuffle(shuffled);
                    var other = FalseDiscoveryRate.AdjustLog10([.. shuffled.Select(i => p[i])]);
                    for (var i = 0; i < p.Length; i++)
                    {
                        Assert.InRange(q[i], p[i], 0);
                        Assert.Equal(q[shuffled[i]], other[i], 1e-12);
                    }
                    var ordered = p.Zip(q).OrderBy(v => v.First).Select(v => v.Second).ToList();
                    Assert.Equal(ordered.Order(), ordered);
                },
                iter: 500
            );

    [Fact]
    public void Kappa_and_Jaccard_are_scikit_learns()
    {
        foreach (var c in SciPyReference.Of("kappa").EnumerateArray())
        {
            var overlap = new MarkOverlap(c.Whole("shared"), c.Whole("marked_1"), c.Whole("marked_2"), c.Whole("common"));
            Assert.Equal(c.Number("kappa"), overlap.Kappa!.Value, 1e-12);
            Assert.Equal(c.Number("jaccard"), overlap.Jaccard, 1e-12);
        }
    }

    [Theory]
    [InlineData(100, 10, 10, 10, 1.0)] // the same marks
    [InlineData(100, 10, 10, 1, 0.0)] // as by chance
    [InlineData(100, 50, 50, 0, -1.0)] // the opposite marks
    [InlineData(100, 0, 0, 0, 1.0)] // neither marks anything
    [InlineData(100, 100, 100, 100, 1.0)]
    [InlineData(100, 0, 30, 0, 0.0)]
    [InlineData(0, 0, 0, 0, null)] // no star in common
    public void Kappa_has_its_meaning_at_the_ends(long shared, long first, long second, long common, double? kappa) =>
        Assert.Equal(kappa, new MarkOverlap(shared, first, second, common).Kappa);

    [Fact]
    public void Indices_of_clusterings_are_scikit_learns()
    {
        foreach (var c in SciPyReference.Of("labellings").EnumerateArray())
        {
            var table = Table(c.Ints("first"), c.Ints("second"));
            Assert.Equal(c.Number("ari"), table.AdjustedRandIndex(), 1e-12);
            Assert.Equal(c.Number("ami"), MutualInformation.Adjusted(table), 1e-10);
            Assert.Equal(c.Number("nmi"), MutualInformation.Normalized(table), 1e-12);
        }
    }

    [Fact]
    public void Indices_of_clusterings_are_symmetric_blind_to_names_and_1_for_the_same_clusters() =>
        Gen.Select(Gen.Int[-1, 4].Array[1, 60], Gen.Int[-1, 4].Array[60])
            .Sample(
                (first, second) =>
                {
                    var (there, back) = (Table(first, second), Table(second, first));
                    Assert.Equal(MutualInformation.Adjusted(there), MutualInformation.Adjusted(back), 1e-9);
                    Assert.Equal(MutualInformation.Normalized(there), MutualInformation.Normalized(back), 1e-9);
                    Assert.InRange(MutualInformation.Adjusted(there), -1, 1 + 1e-9);
                    var renamed = Table(first, [.. first.Select(l => 7 - 3 * l)]);
                    Assert.Equal(1, MutualInformation.Adjusted(renamed), 1e-9);
                    Assert.Equal(1, MutualInformation.Normalized(renamed), 1e-9);
                    Assert.Equal(1, renamed.AdjustedRandIndex(), 1e-9);
                },
                iter: 500
            );

    private static ContingencyTable Table(int[] first, int[] second) =>
        new(first.Zip(second).CountBy(p => p).Select(p => (p.Key.First, p.Key.Second, (long)p.Value)));
}
