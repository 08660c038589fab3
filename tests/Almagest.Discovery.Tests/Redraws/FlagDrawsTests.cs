using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Redraws;

public sealed class FlagDrawsTests
{
    public static TheoryData<string> Detectors => [.. Algorithms.Of(AnomalyAlgorithm.Type).Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Where_nothing_moves_a_star_has_its_own_score_to_the_last_bit(string name)
    {
        // Some stars twice: their neighbours are each other.
        var stars = NoisyStars.Stars(1500);
        stars = stars.Take([.. Enumerable.Range(0, 1500), .. Enumerable.Range(0, 30)]);
        var (prepared, found, _) = Run(stars, name);

        var scores = new double[prepared.Matrix.Rows];
        found.Scorer!.Score(prepared.Matrix.Values, [.. Enumerable.Range(0, scores.Length)], scores);

        Assert.Equal(found.RawScores, scores.Select(AnomalyAlgorithm.InReach));
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Draws_are_the_same_with_any_number_of_threads(string name)
    {
        var stars = NoisyStars.Stars(1200).WithErrors(2, 0.3);
        var (prepared, found, parameters) = Run(stars, name);

        var one = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext { MaxThreads = 1 })!;
        var four = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext { MaxThreads = 4 })!;

        Assert.Equal(one.Shares, four.Shares);
        Assert.Equal(one.Spreads, four.Spreads);
        Assert.Equal(one.Made, four.Made);
        Assert.Contains(one.Shares, s => s is > 0 and < 1);
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Small_errors_leave_every_star_as_it_is(string name)
    {
        var (prepared, found, parameters) = Run(NoisyStars.Stars(400).WithErrors(1e-12), name);

        var draws = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext())!;

        Assert.Equal(400, draws.Stars);
        Assert.All(draws.Shares, (share, row) => Assert.Equal(found.IsAnomaly(row) ? 1 : 0, share));
    }

    [Fact]
    public void A_table_without_errors_has_no_draws_and_says_of_what()
    {
        var (prepared, found, parameters) = Run(NoisyStars.Stars(100), "isolation_forest");
        var draws = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext())!;
        Assert.Equal((0, 0L), (draws.Stars, draws.Made));
        Assert.Empty(draws.Drawn);
        Assert.Equal(["parallax_mas", "pmra", "pmdec"], draws.Held);
        Assert.All(draws.Spreads!, s => Assert.True(double.IsNaN(s)));
        Assert.Null(FlagDraws.Of(prepared, found, (AnomalyParameters)parameters with { Draws = 0 }, new AlgorithmContext()));
    }

    [Fact]
    public void A_star_without_errors_has_no_chance_among_those_that_have()
    {
        var stars = NoisyStars.Stars(100).With(parallaxError: [.. Enumerable.Range(0, 100).Select(i => i == 9 ? double.NaN : 0.5)]);
        var (prepared, found, parameters) = Run(stars, "isolation_forest");
        var draws = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext())!;
        Assert.Equal(99, draws.Stars);
        Assert.True(double.IsNaN(draws.Shares[9]));
        Assert.Equal(["parallax_mas"], draws.Drawn);
        Assert.Equal(["pmra", "pmdec"], draws.Held);
    }

    [Fact]
    public void Stopping_early_saves_most_draws_and_leaves_the_shares_where_they_are()
    {
        var (prepared, found, parameters) = Run(NoisyStars.Stars(4000).WithErrors(1.5), "isolation_forest");

        var early = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext())!;
        var whole = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext(), false)!;

        Assert.Equal(4000L * parameters.Draws, whole.Made);
        Assert.InRange(early.Made, 4000L * FlagDraws.Pilot, whole.Made * 3 / 4);
        // Of the same draws: the mean difference is the bias.
        double[] differences = [.. early.Shares.Zip(whole.Shares, (a, b) => a - b)];
        Assert.InRange(differences.Average(), -0.002, 0.002);
        Assert.InRange(early.Shares.Zip(differences).Where(p => p.First is > 0 and < 1).Average(p => p.Second), -0.005, 0.005);
    }

    /// <summary>
    /// What a flag probability is: of stars whose true values are uniform about what was measured, with probability p, a share p is flagged
    /// by the same fitted detector when it is given the true values. Most stars are a clump without errors, which makes the detector.
    /// </summary>
    [Theory]
    [InlineData("isolation_forest")]
    [InlineData("mcd")]
    [InlineData("knn")]
    public void Of_stars_with_probability_p_a_share_p_is_flagged_by_their_true_values(string name)
    {
        var truth = ClumpInBox(16_000);
        var random = new Random(3);
        double[] sides = [10, 40, 100];
        double[] Errors(int f) =>
            [.. Enumerable.Range(0, truth.Count).Select(i => i % 4 == 0 ? sides[f] * (0.01 + 0.03 * random.NextDouble()) : double.NaN)];
        double[] Noisy(double[] values, double[] errors) =>
            [.. values.Zip(errors, (v, e) => double.IsNaN(e) ? v : v + e * random.Normal())];
        var (plx, ra, dec) = (Errors(0), Errors(1), Errors(2));
        var measured = truth
            .With(parallax: Noisy(truth.ParallaxMas, plx), pmra: Noisy(truth.PmraMasYr, ra), pmdec: Noisy(truth.PmdecMasYr, dec))
            .With(
                new Dictionary<string, double[]>
                {
                    ["parallax_error_mas"] = plx,
                    ["pmra_error"] = ra,
                    ["pmdec_error"] = dec,
                }
            );
        var (prepared, found, parameters) = Run(measured, name, 0.15);
        var draws = FlagDraws.Of(prepared, found, parameters, new AlgorithmContext())!;

        var rows = FeatureRows.Of(prepared, DistanceRule.Usual);
        var values = new double[prepared.Matrix.Values.Length];
        for (var i = 0; i < truth.Count; i++)
            rows.Derive(
                rows.Measured(prepared.Stars, i) with
                {
                    Parallax = truth.ParallaxMas[i],
                    Pmra = truth.PmraMasYr[i],
                    Pmdec = truth.PmdecMasYr[i],
                },
                values.AsSpan(3 * i, 3)
            );
        var scores = new double[truth.Count];
        found.Scorer!.Score(values, [.. Enumerable.Range(0, truth.Count)], scores);

        // Beside the edge of the box the prior ends: 3.5 errors from it, it does not matter.
        bool Inside(double value, double side) => value > 0.14 * side && value < 0.86 * side;
        var pairs = Enumerable
            .Range(0, truth.Count)
            .Where(i =>
                !double.IsNaN(draws.Shares[i])
                && Inside(measured.ParallaxMas[i], 10)
                && Inside(measured.PmraMasYr[i], 40)
                && Inside(measured.PmdecMasYr[i], 100)
            )
            .Select(i => (P: draws.Shares[i], IsFlagged: scores[i] < found.Offset))
            .ToList();
        Assert.All(pairs.Where(p => p.P is 0).Chunk(100), b => Assert.InRange(b.Count(p => p.IsFlagged), 0, 5));
        var open = pairs.Where(p => p.P is > 0 and < 1).OrderBy(p => p.P).ToList();
        Assert.True(open.Count > 150, $"{open.Count} of {pairs.Count} stars are open");
        Assert.All(
            open.Chunk((open.Count + 9) / 10),
            bin =>
            {
                var mean = bin.Average(p => p.P);
                var share = (double)bin.Count(p => p.IsFlagged) / bin.Length;
                Assert.InRange(share - mean, -Within(mean, bin.Length), Within(mean, bin.Length));
            }
        );

        static double Within(double mean, int stars) => 0.05 + 2 * Math.Sqrt(mean * (1 - mean) / stars);
    }

    private static StarColumns ClumpInBox(int count)
    {
        var random = new Random(1);
        double Value(int i, double side) => side * (i % 4 == 0 ? random.NextDouble() : 0.5 + 0.12 * random.Normal());
        double[] Of(double side) => [.. Enumerable.Range(0, count).Select(i => Value(i, side))];
        return MadeStars.Random(count).With(parallax: Of(10), pmra: Of(40), pmdec: Of(100));
    }

    private static (PreparedFeatures Prepared, AnomalyResult Found, RunParameters Parameters) Run(
        StarColumns stars,
        string name,
        double contamination = 0.1
    )
    {
        var algorithm = Algorithms.All.Single(a => a.Name == name);
        var parameters = algorithm.Read(
            FormattableString.Invariant($$"""{"contamination": {{contamination}}, "features": "astrometric"}""")
        );
        var prepared = stars.Prepare("astrometric");
        return (prepared, (AnomalyResult)algorithm.Run(prepared.Matrix, parameters, new AlgorithmContext()), parameters);
    }
}
