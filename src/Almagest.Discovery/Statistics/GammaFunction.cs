namespace Almagest.Discovery.Statistics;

/// <summary>The logarithm of the gamma function.</summary>
internal static class GammaFunction
{
    /// <summary>Bernoulli numbers over 2k (2k - 1): the coefficients of Stirling's series.</summary>
    private static readonly double[] s_stirling = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360];

    /// <summary>ln Γ(x) for x > 0, within a few units of the last place.</summary>
    public static double Log(double x)
    {
        // Γ(x) = Γ(x + 1) / x up to where the series is exact.
        double product = 1;
        for (; x < 16; x++)
            product *= x;
        double inverse = 1 / x,
            square = inverse * inverse,
            power = inverse,
            series = 0;
        foreach (var coefficient in s_stirling)
        {
            series += coefficient * power;
            power *= square;
        }
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - Math.Log(product);
    }
}
