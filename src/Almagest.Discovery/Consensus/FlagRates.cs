using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>
/// How the rates at which one question's draws flag stars are distributed over the stars, learned from how often each star was flagged:
/// rates are Beta(a, b) among stars, draws are independent given the star (the beta-binomial model of Skellam 1948).
/// </summary>
/// <remarks>
/// a and b are not fixed at their best values: with few stars or a single draw the counts hardly tell them. The mean a / (a + b) and the
/// correlation of two draws over the stars, 1 / (a + b + 1), have uniform priors, and all that follows is averaged over their posterior, on
/// a grid that is drawn in until it holds the posterior alone.
/// </remarks>
internal sealed class FlagRates
{
    /// <summary>Knots of an axis. A grid of this spacing, less than one standard deviation, integrates a bell to many digits.</summary>
    private const int Knots = 17;

    /// <summary>What lies so far below the best, in natural logarithms, is left out of the grid, and of what is averaged.</summary>
    private const double Reach = 20,
        Kept = 8;

    private readonly (double A, double B, double Weight)[] _priors;
    private readonly int _draws;

    private FlagRates((double A, double B, double Weight)[] priors, int draws) => (_priors, _draws) = (priors, draws);

    /// <summary>Mean over the stars of the rate at which draws flag them.</summary>
    public double Mean => _priors.Sum(p => p.Weight * p.A / (p.A + p.B));

    /// <param name="counts">how many stars were flagged in so many of the draws, those never flagged included</param>
    /// <param name="draws">above 0</param>
    public static FlagRates Fit(IReadOnlyCollection<(double Flagged, long Stars)> counts, int draws)
    {
        // Logits of the mean rate and of the correlation; their uniform priors have hardly any mass outside.
        var (u, v) = (new Axis(-18, 18), new Axis(-9, 9));
        double[,] log;
        double best;
        for (var round = 0; ; round++)
        {
            log = new double[Knots, Knots];
            best = double.NegativeInfinity;
            var (atU, atV) = (0, 0);
            for (var i = 0; i < Knots; i++)
            {
                for (var j = 0; j < Knots; j++)
                {
                    log[i, j] = LogPosterior(u[i], v[j], counts, draws);
                    if (log[i, j] > best)
                        (best, atU, atV) = (log[i, j], i, j);
                }
            }
            var (nextU, nextV) = (u.Around(atU, i => Row(i)), v.Around(atV, j => Column(j)));
            // A box that hardly shrinks holds the posterior, and no more.
            if (round == 60 || (nextU.Width > 0.8 * u.Width && nextV.Width > 0.8 * v.Width && !Moved(u, atU) && !Moved(v, atV)))
                break;
            (u, v) = (nextU, nextV);
        }
        var priors = new List<(double A, double B, double Weight)>();
        double sum = 0;
        for (var i = 0; i < Knots; i++)
        {
            for (var j = 0; j < Knots; j++)
            {
                if (log[i, j] < best - Kept)
                    continue;
                var (a, b) = Shape(u[i], v[j]);
                var weight = Math.Exp(log[i, j] - best);
                priors.Add((a, b, weight));
                sum += weight;
            }
        }
        return new FlagRates([.. priors.Select(p => (p.A, p.B, p.Weight / sum))], draws);

        bool Row(int i) => Enumerable.Range(0, Knots).Any(j => log[i, j] > best - Reach);
        bool Column(int j) => Enumerable.Range(0, Knots).Any(i => log[i, j] > best - Reach);
        static bool Moved(Axis axis, int at) => (at == 0 && axis.Low > axis.Least) || (at == Knots - 1 && axis.High < axis.Most);
    }

    /// <summary>What is known of the rate of a star.</summary>
    /// <param name="flagged">in how many draws it was flagged, need not be whole</param>
    public FlagPosterior Of(double flagged, ConsensusOptions options)
    {
        var betas = Posterior(flagged);
        var tail = (1 - options.Level) / 2;
        var (low, high) = Shortest(Further(betas, options.Further), options.Level);
        return new FlagPosterior(
            betas.Sum(p => p.Weight * p.A / (p.A + p.B)),
            new FlagIntervals(
                Quantile(betas, tail),
                Quantile(betas, 1 - tail),
                (double)low / options.Further,
                (double)high / options.Further
            )
        );
    }

    private (double A, double B, double Weight)[] Posterior(double flagged) =>
        [.. _priors.Select(p => (p.A + flagged, p.B + Math.Max(0, _draws - flagged), p.Weight))];

    private static double LogPosterior(double u, double v, IEnumerable<(double Flagged, long Stars)> counts, int draws)
    {
        var (a, b) = Shape(u, v);
        var (ofA, ofB) = (GammaFunction.Log(a), GammaFunction.Log(b));
        var all = GammaFunction.Log(a + b + draws) - GammaFunction.Log(a + b);
        // A uniform share has the density p (1 - p) over its logit.
        var log = LogShare(u) + LogShare(-u) + LogShare(v) + LogShare(-v);
        foreach (var (k, stars) in counts)
            log += stars * (GammaFunction.Log(a + k) - ofA + GammaFunction.Log(b + Math.Max(0, draws - k)) - ofB - all);
        return log;
    }

    /// <summary>a and b from the logits of the mean rate and of the correlation.</summary>
    private static (double A, double B) Shape(double u, double v)
    {
        var size = Math.Exp(-v);
        return (size * Share(u), size * Share(-u));
    }

    private static double Share(double logit) => 1 / (1 + Math.Exp(-logit));

    private static double LogShare(double logit) => -Math.Log(1 + Math.Exp(-logit));

    /// <summary>The value below which a share of a mixture of beta distributions lies.</summary>
    private static double Quantile((double A, double B, double Weight)[] betas, double p)
    {
        double low = 0,
            high = 1;
        while (high - low > 1e-9)
        {
            // Towards 0 the middle would crawl.
            var x = low == 0 && high > 1e-3 ? high / 4 : (low + high) / 2;
            if (betas.Sum(q => q.Weight * BetaDistribution.Cdf(x, q.A, q.B)) < p)
                low = x;
            else
                high = x;
        }
        return (low + high) / 2;
    }

    /// <summary>The chances of 0, 1, …, <paramref name="draws"/> flags in so many further draws.</summary>
    private static double[] Further((double A, double B, double Weight)[] betas, int draws)
    {
        var chances = new double[draws + 1];
        foreach (var (a, b, weight) in betas)
        {
            var log = GammaFunction.Log(b + draws) - GammaFunction.Log(b) + GammaFunction.Log(a + b) - GammaFunction.Log(a + b + draws);
            for (var k = 0; k <= draws; k++)
            {
                chances[k] += weight * Math.Exp(log);
                log += Math.Log((draws - k) / (k + 1.0) * (a + k) / (b + draws - k - 1));
            }
        }
        return chances;
    }

    /// <summary>The shortest run of numbers that has at least a share of the chances; of equally short ones the most probable.</summary>
    private static (int Low, int High) Shortest(double[] chances, double share)
    {
        var (low, high, best) = (0, chances.Length - 1, 0.0);
        var (from, mass) = (0, 0.0);
        for (var to = 0; to < chances.Length; to++)
        {
            mass += chances[to];
            while (mass - chances[from] >= share - 1e-12)
                mass -= chances[from++];
            if (mass >= share - 1e-12 && (to - from < high - low || (to - from == high - low && mass > best + 1e-12)))
                (low, high, best) = (from, to, mass);
        }
        return (low, high);
    }

    /// <summary>A stretch of one axis of the grid, within its ends.</summary>
    private readonly record struct Axis(double Low, double High, double Least, double Most)
    {
        public Axis(double least, double most)
            : this(least, most, least, most) { }

        public double Width => High - Low;

        private double Step => Width / (Knots - 1);

        public double this[int knot] => Low + knot * Step;

        /// <summary>The stretch that holds the knots that matter and one more on each side; moved along where the best is at an
        /// end.</summary>
        public Axis Around(int best, Func<int, bool> matters)
        {
            if ((best == 0 && Low > Least) || (best == Knots - 1 && High < Most))
                return Between(this[best] - Width / 2, this[best] + Width / 2);
            var (first, last) = (best, best);
            for (var i = 0; i < Knots; i++)
            {
                if (!matters(i))
                    continue;
                (first, last) = (Math.Min(first, i), Math.Max(last, i));
            }
            return Between(this[first] - Step, this[last] + Step);
        }

        private Axis Between(double low, double high) => this with { Low = Math.Max(Least, low), High = Math.Min(Most, high) };
    }
}
