namespace Almagest.Discovery.Features;

/// <summary>The flux excess factor of Gaia's BP and RP, of the third release (Riello et al. 2021, A&amp;A 649, A3).</summary>
public static class BpRpExcess
{
    /// <summary>Of good sources of a colour (equation 6, table 2).</summary>
    public static double Of(double bpRp) =>
        bpRp < 0.5 ? 1.154360 + 0.033772 * bpRp + 0.032277 * bpRp * bpRp
        : bpRp < 4 ? 1.162004 + 0.011464 * bpRp + 0.049255 * bpRp * bpRp - 0.005879 * bpRp * bpRp * bpRp
        : 1.057572 + 0.140537 * bpRp;

    /// <summary>Its scatter among good sources (equation 18).</summary>
    public static double Scatter(double magnitude) => 0.0059898 + 8.817481e-12 * Math.Pow(magnitude, 7.618399);
}
