using Almagest.Discovery.Consensus;
using Almagest.Discovery.Tests.Statistics;
using Xunit;

namespace Almagest.Discovery.Tests.Consensus;

/// <summary>What is known of the rate at which a star is flagged.</summary>
public sealed class FlagRatesTests
{
    [Fact]
    public void Means_and_both_intervals_are_those_of_a_plain_computation_with_SciPy()
    {
        var seen = 0;
        foreach (var c in SciPyReference.Of("flag_rates").EnumerateArray())
        {
            var counts = c.GetProperty("counts").EnumerateArray().Select(p => (p[0].GetDouble(), p[1].GetInt64())).ToList();
            var options = new ConsensusOptions { Level = c.Number("level"), Further = (int)c.Whole("further") };
            var found = FlagRates.Fit(counts, (int)c.Whole("draws")).Of(c.Number("flagged"), options);
            var intervals = found.Intervals!.Value;
            Assert.Equal(c.Number("mean"), found.Mean, 1e-3);
            Assert.Equal(c.Number("low"), intervals.CredibleLow, 2e-3);
            Assert.Equal(c.Number("high"), intervals.CredibleHigh, 2e-3);
            // Where a set holds hardly more, or the next shorter one hardly less, than the level, the last digits decide.
            if (c.Number("chance") < options.Level + 1e-3 || c.Number("chance_shorter") > options.Level - 1e-3)
                continue;
            Assert.Equal(
                c.Number("predictive_high") - c.Number("predictive_low"),
                intervals.PredictiveHigh - intervals.PredictiveLow,
                1e-12
            );
            Assert.Equal(c.Number("predictive_low"), intervals.PredictiveLow, 1.0 / options.Further + 1e-12);
            seen++;
        }
        Assert.True(seen > 30, $"{seen} predictive intervals compared");
    }

    [Fact]
    public void A_star_that_all_of_many_draws_flag_is_as_good_as_certain_and_one_draw_alone_is_not()
    {
        (double, long)[] steady = [(0, 900), (1, 20), (20, 20), (39, 20), (40, 60)];
        Assert.InRange(FlagRates.Fit(steady, 40).Of(40, ConsensusOptions.Default).Mean, 0.98, 1);
        var once = FlagRates.Fit([(0, 950), (1, 50)], 1).Of(1, ConsensusOptions.Default);
        Assert.InRange(once.Mean, 0.4, 0.65);
        Assert.True(once.Intervals is { CredibleLow: < 0.05, CredibleHigh: > 0.99 }, $"{once}");
    }

    [Fact]
    public void Three_draws_that_agree_wholly_leave_some_doubt_and_more_stars_leave_less()
    {
        double Low(long stars) =>
            FlagRates.Fit([(0, 19 * stars), (3, stars)], 3).Of(3, ConsensusOptions.Default).Intervals!.Value.CredibleLow;
        Assert.InRange(Low(3), 0.2, 0.9);
        Assert.True(Low(3) < Low(30) && Low(30) < Low(3000) && Low(3000) < 1);
    }

    [Fact]
    public void A_higher_level_is_a_wider_interval_and_more_further_draws_are_a_narrower_one()
    {
        var rates = FlagRates.Fit([(0, 900), (1, 40), (2, 30), (3, 30), (4, 30), (5, 70)], 5);
        (double Credible, double Predictive) Widths(double level, int further)
        {
            var i = rates.Of(3, new ConsensusOptions { Level = level, Further = further }).Intervals!.Value;
            return (i.CredibleHigh - i.CredibleLow, i.PredictiveHigh - i.PredictiveLow);
        }
        Assert.True(Widths(0.5, 20).Credible < Widths(0.95, 20).Credible && Widths(0.95, 20).Credible < Widths(0.999, 20).Credible);
        Assert.True(Widths(0.5, 20).Predictive < Widths(0.95, 20).Predictive);
        Assert.True(Widths(0.95, 1000).Predictive < Widths(0.95, 20).Predictive);
        // Of endlessly many draws the predictive interval is the shortest one of the rate itself.
        Assert.InRange(Widths(0.95, 1000).Predictive, 0.9 * Widths(0.95, 20).Credible, 1.02 * Widths(0.95, 20).Credible);
    }

    [Theory]
    [InlineData(0.49, 20)]
    [InlineData(double.NaN, 20)]
    [InlineData(1, 20)]
    [InlineData(0.95, 0)]
    [InlineData(0.95, 1001)]
    public void Levels_and_numbers_of_draws_out_of_range_are_refused(double level, int further) =>
        Assert.Throws<DiscoveryException>(() => new ConsensusRanking([], new ConsensusOptions { Level = level, Further = further }));
}
