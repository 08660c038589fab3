namespace Almagest.Sky;

/// <summary>What no star known comes near to: a larger number is a mark, another unit, or an error of the table.</summary>
public static class KnownStars
{
    /// <summary>mas. The nearest has 768.1 (Proxima Centauri; Gaia Collaboration 2023, A&amp;A 674, A1).</summary>
    public const double MostParallaxMas = 1_000;

    // What tables write for "missing": nines of any length. A positive one below the nearest star's parallax may be a star's.
    private static readonly double[] s_marks = [-99, -99.9, -99.99, -99.999, -999, -999.9, -999.99, -999.999, 999, 999.9, 999.99, 999.999];

    // A float that was widened, or brought from another unit, has other digits than were written.
    private const double Rounding = 5e-5;

    /// <summary>Whether a number can be a measured parallax: neither beyond that of any star, nor a mark of missing values, to 5e-5 of
    /// it.</summary>
    /// <param name="mas">NaN = not known, which is none</param>
    public static bool CanBeParallax(double mas) =>
        Math.Abs(mas) <= MostParallaxMas && !Array.Exists(s_marks, m => Math.Abs(mas - m) <= Rounding * Math.Abs(m));

    /// <summary>mas/yr, either component. The fastest has 10,393 in all (Barnard's star; the same).</summary>
    public const double MostMotionMasYr = 20_000;

    /// <summary>km/s, either way. Hypervelocity stars have up to some 1,000, those about the Galactic centre up to some 10,000.</summary>
    public const double MostRadialVelocityKmS = 20_000;

    /// <summary>mag: the Sun has -26.8, the deepest surveys end at some 31.</summary>
    public const double BrightestMagnitude = -30,
        FaintestMagnitude = 40;

    /// <summary>mag, in any two bands.</summary>
    public const double BluestColor = -10,
        ReddestColor = 25;
}
