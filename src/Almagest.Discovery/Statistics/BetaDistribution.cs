namespace Almagest.Discovery.Statistics;

/// <summary>The beta distribution: what is known of a rate after some of several trials succeeded.</summary>
internal static class BetaDistribution
{
    /// <summary>The chance of a value of at most x: the regularized incomplete beta function, by its continued fraction (DLMF
    /// 8.17.22).</summary>
    /// <param name="x">in [0, 1]</param>
    /// <param name="a">above 0</param>
    /// <param name="b">above 0</param>
    /// <exception cref="ArgumentOutOfRangeException">a parameter is out of range</exception>
    public static double Cdf(double x, double a, double b)
    {
        Require(x is >= 0 and <= 1, nameof(x), x);
        Require(a > 0 && double.IsFinite(a), nameof(a), a);
        Require(b > 0 && double.IsFinite(b), nameof(b), b);
        if (x is 0 or 1)
            return x;
        // The fraction converges fast on this side of the mean; the other side by symmetry.
        return x < (a + 1) / (a + b + 2)
            ? Math.Exp(LogDensity(x, a, b)) * x * (1 - x) * Fraction(x, a, b) / a
            : 1 - Math.Exp(LogDensity(x, a, b)) * x * (1 - x) * Fraction(1 - x, b, a) / b;
    }

    /// <summary>The value below which a share <paramref name="p"/> of the distribution lies.</summary>
    /// <param name="p">in [0, 1]</param>
    /// <exception cref="ArgumentOutOfRangeException">a parameter is out of range</exception>
    public static double Quantile(double p, double a, double b)
    {
        Require(p is >= 0 and <= 1, nameof(p), p);
        Require(a > 0 && double.IsFinite(a), nameof(a), a);
        Require(b > 0 && double.IsFinite(b), nameof(b), b);
        if (p is 0 or 1)
            return p;
        // Newton's steps, kept inside a bracket that each of them narrows.
        double low = 0,
            high = 1,
            x = a / (a + b);
        for (var step = 0; step < 200; step++)
        {
            var error = Cdf(x, a, b) - p;
            if (error == 0)
                return x;
            if (error > 0)
                high = x;
            else
                low = x;
            var next = x - error / Math.Exp(LogDensity(x, a, b));
            // Towards 0 the geometric mean halves the exponent, where the middle would crawl.
            if (!(next > low && next < high))
                next =
                    low > 0 ? Math.Sqrt(low * high)
                    : high > 1e-3 ? high / 2
                    : high * high;
            if (!(next > low && next < high))
                next = (low + high) / 2;
            if (Math.Abs(next - x) <= 4e-14 * next || next <= low || next >= high)
                return next;
            x = next;
        }
        return x;
    }

    private static double LogDensity(double x, double a, double b) =>
        (a - 1) * Math.Log(x) + (b - 1) * Math.Log(1 - x) + GammaFunction.Log(a + b) - GammaFunction.Log(a) - GammaFunction.Log(b);

    /// <summary>The continued fraction, by the modified method of Lentz (Thompson and Barnett 1986).</summary>
    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        double c = 1,
            d = NotZero(1 - (a + b) * x / (a + 1)),
            value = d = 1 / d;
        for (var m = 1; m <= 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            value *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            value *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16)
                break;
        }
        return value;

        static double NotZero(double v) => Math.Abs(v) < Tiny ? Tiny : v;
    }

    private static void Require(bool holds, string name, double value)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, "out of range");
    }
}
