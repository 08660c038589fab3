using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Consensus;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Tests.Clustering;
using Almagest.Discovery.Tests.Features;
using Almagest.Testing;
using Xunit;

namespace Almagest.Discovery.Tests.Consensus;

/// <summary>
/// Whether the intervals of a consensus hold what they promise: 40 seeds, some of them known, the rate in 20 others predicted.
/// </summary>
public sealed class CalibrationTests
{
    private const int Seeds = 40,
        Held = 20,
        Splits = 3;

    [Theory]
    [TimeLimit(180, "grows 40 forests")]
    [InlineData(10, 0.05)]
    [InlineData(40, 0.1)]
    public void On_the_stars_within_100_parsecs_the_rate_in_other_seeds_is_predicted(int trees, double contamination)
    {
        var features = Nearby();
        var flags = Enumerable
            .Range(1, Seeds)
            .Select(seed =>
            {
                var parameters = new IsolationForestParameters
                {
                    NEstimators = trees,
                    Contamination = contamination,
                    RandomState = seed,
                };
                var found = IsolationForestAlgorithm.Instance.Detect(features, parameters);
                return Enumerable.Range(0, features.Rows).Select(found.IsAnomaly).ToArray();
            })
            .ToArray();
        IsCalibrated(flags);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void On_simulated_draws_the_rate_in_others_is_predicted(int seed)
    {
        // Scores with noise of their own in every draw, and a threshold: no beta distribution.
        var random = new Random(seed);
        var star = Enumerable.Range(0, 6000).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
        var flags = Enumerable.Range(0, Seeds).Select(_ => star.Select(s => s + 0.7 * Normal(random) > 3.2).ToArray()).ToArray();
        IsCalibrated(flags);
    }

    /// <summary>Absolute magnitude, colour and speed, by columns of their own, so that no change of a recipe moves the figures.</summary>
    private static FeatureMatrix Nearby()
    {
        var stars = GaiaSample.Load();
        var rows = Enumerable
            .Range(0, stars.ParallaxMas.Length)
            .Select(i =>
                new[]
                {
                    stars.Magnitude[i] + 5 * Math.Log10(stars.ParallaxMas[i] / 100),
                    stars.Color[i],
                    4.74
                        * Math.Sqrt(stars.PmraMasYr[i] * stars.PmraMasYr[i] + stars.PmdecMasYr[i] * stars.PmdecMasYr[i])
                        / stars.ParallaxMas[i],
                }
            )
            .Where(r => r.All(double.IsFinite))
            .ToArray();
        return Matrices.Of(3, [.. rows.SelectMany(r => r)]);
    }

    private static void IsCalibrated(bool[][] flags)
    {
        var stars = flags[0].Length;
        foreach (var known in new[] { 3, 5, 10, 20 })
        {
            // One stream for all: streams of neighbouring seeds begin alike.
            var random = new Random(1);
            var (covered, width, bound, error, plain) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (var split = 0; split < Splits; split++)
            {
                var order = Enumerable.Range(0, Seeds).ToArray();
                random.Shuffle(order);
                var (seen, held) = (order[..known], order[Held..]);
                var all = new StarSet(Enumerable.Range(0, stars).Select(s => (long)s));
                var runs = seen.Select(r => new ConsensusRun(
                        new MarkedRun(all, new StarSet(Enumerable.Range(0, stars).Where(s => flags[r][s]).Select(s => (long)s))),
                        "forest",
                        $"{r}"
                    ))
                    .ToList();
                var found = new ConsensusRanking(runs).Top(int.MaxValue);
                var reference = ReferenceWidths(flags, seen, stars);
                foreach (var f in found)
                {
                    var rate = held.Count(r => flags[r][f.StarId]) / (double)Held;
                    var i = f.Posterior.Intervals!.Value;
                    var share = 1.0 / found.Count / Splits;
                    covered += rate >= i.PredictiveLow - 1e-9 && rate <= i.PredictiveHigh + 1e-9 ? share : 0;
                    width += share * (i.PredictiveHigh - i.PredictiveLow);
                    bound += share * reference[f.Flagged];
                    error += share * Math.Abs(f.Posterior.Mean - rate);
                    plain += share * Math.Abs((f.Flagged + 0.5) / (known + 1) - rate);
                }
            }
            var told =
                $"{known} runs: covered {covered:0.000}, width {width:0.000} of {bound:0.000}, error {error:0.0000} of {plain:0.0000}";
            TestContext.Current.TestOutputHelper?.WriteLine(told);
            Assert.True(covered is >= 0.92 and <= 0.99, told);
            Assert.True(width <= 1.1 * bound, told);
            Assert.True(error <= plain, told);
        }
    }

    /// <summary>Widths of the shortest predictive sets of a beta-binomial of greatest likelihood, for each number of flags.</summary>
    private static double[] ReferenceWidths(bool[][] flags, int[] seen, int stars)
    {
        var counts = new long[seen.Length + 1];
        for (var s = 0; s < stars; s++)
            counts[seen.Count(r => flags[r][s])]++;
        var (a, b, best) = (0.0, 0.0, double.NegativeInfinity);
        for (var (u, v, step) = (-3.0, 0.0, 1.0); step > 1e-3; )
        {
            var moved = false;
            foreach (var (du, dv) in new[] { (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1) })
            {
                var (x, y) = (Math.Exp(u + du * step), Math.Exp(v + dv * step));
                var log = counts.Select((c, k) => c * (LogBeta(x + k, y + seen.Length - k) - LogBeta(x, y))).Sum();
                if (log <= best)
                    continue;
                (a, b, best, u, v, moved) = (x, y, log, u + du * step, v + dv * step, true);
                break;
            }
            if (!moved)
                step /= 2;
        }
        return
        [
            .. counts.Select(
                (_, k) =>
                {
                    var (x, y) = (a + k, b + seen.Length - k);
                    var chances = Enumerable
                        .Range(0, Held + 1)
                        .Select(j => Math.Exp(LogChoose(Held, j) + LogBeta(x + j, y + Held - j) - LogBeta(x, y)))
                        .ToArray();
                    return Enumerable
                            .Range(0, Held + 1)
                            .First(w => Enumerable.Range(0, Held + 1 - w).Any(i => chances[i..(i + w + 1)].Sum() >= 0.95)) / (double)Held;
                }
            ),
        ];
    }

    private static double LogChoose(int n, int k) => -Math.Log(n + 1) - LogBeta(n - k + 1, k + 1);

    private static double LogBeta(double a, double b) => GammaFunction.Log(a) + GammaFunction.Log(b) - GammaFunction.Log(a + b);

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
