namespace Almagest.Sky;

/// <summary>What no star known comes near to: a larger number is a mark, another unit, or an error of the table.</summary>
public static class KnownStars
{
    /// <summary>mas. The nearest has 768.1 (Proxima Centauri; Gaia Collaboration 2023, A&amp;A 674, A1).</summary>
    public const double MostParallaxMas = 1_000;

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
