namespace Almagest.Discovery.Statistics;

/// <summary>The chi-squared distribution.</summary>
internal static class ChiSquared
{
    private const int MostTerms = 10_000;

    /// <summary>The probability of at most x: the regularised incomplete gamma function P(k/2, x/2), by its series or its continued
    /// fraction (Press et al., Numerical Recipes, 6.2).</summary>
    public static double Cumulative(double x, int degreesOfFreedom)
    {
        if (!(x > 0))
            return 0;
        double a = degreesOfFreedom / 2.0,
            half = x / 2,
            scale = Math.Exp(a * Math.Log(half) - half - GammaFunction.Log(a));
        if (half < a + 1)
        {
            double term = 1 / a,
                sum = term;
            for (var n = 1; n < MostTerms && term > sum * 1e-17; n++)
            {
                term *= half / (a + n);
                sum += term;
            }
            return sum * scale;
        }
        const double Tiny = 1e-300;
        double b = half + 1 - a,
            c = 1 / Tiny,
            d = 1 / b,
            fraction = d;
        for (var n = 1; n < MostTerms; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = numerator * d + b;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = b + numerator / c;
            c = Math.Abs(c) < Tiny ? Tiny : c;
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16)
                break;
        }
        return 1 - scale * fraction;
    }

    /// <summary>The value that is exceeded with probability 1 - p, by bisection to the last bits.</summary>
    /// <param name="p">in (0, 1)</param>
    public static double Quantile(double p, int degreesOfFreedom)
    {
        double low = 0,
            high = degreesOfFreedom + 1;
        while (Cumulative(high, degreesOfFreedom) < p)
            high *= 2;
        for (var i = 0; i < 200; i++)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                break;
            if (Cumulative(middle, degreesOfFreedom) < p)
                low = middle;
            else
                high = middle;
        }
        return low + (high - low) / 2;
    }
}
