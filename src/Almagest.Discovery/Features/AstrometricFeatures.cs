using Almagest.Sky;

namespace Almagest.Discovery.Features;

/// <summary>The features that recipes are put together from.</summary>
internal static class AstrometricFeatures
{
    public static readonly Feature[] Direction =
    [
        UnitVector("dir_x", "Component of the unit vector towards RA 0, Dec 0", v => v.X),
        UnitVector("dir_y", "Component of the unit vector towards RA 90, Dec 0", v => v.Y),
        UnitVector("dir_z", "Component of the unit vector towards Dec +90", v => v.Z),
    ];

    public static readonly Feature[] GalacticXyz =
    [
        Galactic("gal_x", "towards the Galactic centre", v => v.X),
        Galactic("gal_y", "in the direction of Galactic rotation", v => v.Y),
        Galactic("gal_z", "towards the north Galactic pole", v => v.Z),
    ];

    public static readonly Feature Ra = new(
        "ra",
        "deg",
        "Right ascension as a plain number (wraps at 0/360)",
        [StarColumn.Ra],
        (in s) => s.Ra
    );
    public static readonly Feature Dec = new("dec", "deg", "Declination as a plain number", [StarColumn.Dec], (in s) => s.Dec);
    public static readonly Feature Pmra = new(
        "pmra",
        "mas/yr",
        "Proper motion in right ascension times cos(dec)",
        [StarColumn.Pmra],
        (in s) => s.Pmra
    );
    public static readonly Feature Pmdec = new("pmdec", "mas/yr", "Proper motion in declination", [StarColumn.Pmdec], (in s) => s.Pmdec);
    public static readonly Feature Parallax = new(
        "parallax",
        "mas",
        "Parallax as measured, negative ones too",
        [StarColumn.Parallax],
        (in s) => s.Parallax
    );
    public static readonly Feature Magnitude = new(
        "magnitude",
        "mag",
        "Apparent magnitude in the dataset's main band",
        [StarColumn.Magnitude],
        (in s) => s.Magnitude
    );
    public static readonly Feature Color = new("color", "mag", "Colour index of the dataset", [StarColumn.Color], (in s) => s.Color);

    public static readonly Feature AbsoluteMagnitude = new(
        "abs_mag",
        "mag",
        "Absolute magnitude from the parallax: m + 5 log10(parallax / mas) - 10, no extinction",
        [StarColumn.Magnitude, StarColumn.Parallax],
        (in s) => s.Magnitude + 5 * Math.Log10(s.DistanceParallax) - 10
    )
    {
        UsesDistance = true,
    };

    public static readonly Feature VelocityRa = Velocity(
        "v_ra",
        "Tangential velocity in right ascension",
        [StarColumn.Pmra, StarColumn.Parallax],
        (in s) => s.Pmra
    );
    public static readonly Feature VelocityDec = Velocity(
        "v_dec",
        "Tangential velocity in declination",
        [StarColumn.Pmdec, StarColumn.Parallax],
        (in s) => s.Pmdec
    );
    public static readonly Feature Speed = Velocity(
        "v_tan",
        "Tangential speed",
        [StarColumn.Pmra, StarColumn.Pmdec, StarColumn.Parallax],
        TotalProperMotion
    );

    public static readonly Feature ProperMotion = new(
        "pm_total",
        "mas/yr",
        "Total proper motion",
        [StarColumn.Pmra, StarColumn.Pmdec],
        TotalProperMotion
    );

    /// <summary>Proper motions are counted from here, mas/yr: some three errors of Gaia's faintest stars, so that where a table has no
    /// errors the noise of the faint ones makes no feature of its own.</summary>
    internal const double ProperMotionFloor = 5;

    /// <summary>An error counts so often.</summary>
    internal const double ProperMotionSigmas = 3;

    public static readonly Feature SignificantProperMotion = new(
        "pm_significant",
        "mas/yr",
        "Total proper motion less three times its error, in squares, and not below 5 mas/yr: sqrt(max(0, pm² - (3 error)²) + 5²)",
        [StarColumn.Pmra, StarColumn.Pmdec],
        BeyondNoise
    )
    {
        UsesMotionErrors = true,
    };

    public static readonly Feature ReducedProperMotion = new(
        "reduced_pm",
        "mag",
        "Reduced proper motion, an absolute magnitude without a distance: m + 5 log10(pm_significant / (arcsec/yr)) + 5",
        [StarColumn.Magnitude, StarColumn.Pmra, StarColumn.Pmdec],
        (in s) => s.Magnitude + 5 * Math.Log10(BeyondNoise(s) / 1000) + 5
    )
    {
        UsesMotionErrors = true,
    };

    public static readonly Feature SpaceSpeed = Velocity(
        "v_space",
        "Speed in space relative to the Sun, of proper motion, parallax and radial velocity",
        [StarColumn.Pmra, StarColumn.Pmdec, StarColumn.Parallax, StarColumn.RadialVelocity],
        TotalProperMotion
    ) with
    {
        Formula = (in s) =>
            Math.Sqrt(Square(Constants.AuPerYearKmS * TotalProperMotion(s) / s.DistanceParallax) + Square(s.RadialVelocity)),
    };

    // Smooth where the motion falls below its noise: a step there would make two populations of one.
    private static double BeyondNoise(in StarValues s) =>
        Math.Sqrt(Math.Max(0, Square(TotalProperMotion(s)) - Square(ProperMotionSigmas * s.ProperMotionError)) + Square(ProperMotionFloor));

    private static double Square(double value) => value * value;

    private static double TotalProperMotion(in StarValues s) => Math.Sqrt(s.Pmra * s.Pmra + s.Pmdec * s.Pmdec);

    private static Feature UnitVector(string name, string description, Func<SkyVector, double> component) =>
        new(name, "", description, [StarColumn.Ra, StarColumn.Dec], (in s) => component(SkyCoordinates.ToUnitVector(s.Ra, s.Dec)))
        {
            Vector = "direction",
            VectorDimensions = 2,
        };

    private static Feature Velocity(string name, string description, StarColumn[] needs, StarFormula properMotion) =>
        new(name, "km/s", description, needs, (in s) => Constants.AuPerYearKmS * properMotion(s) / s.DistanceParallax)
        {
            UsesDistance = true,
        };

    private static Feature Galactic(string name, string direction, Func<SkyVector, double> component) =>
        new(
            name,
            "pc",
            $"Heliocentric Galactic Cartesian coordinate {direction}",
            [StarColumn.Ra, StarColumn.Dec, StarColumn.Parallax],
            (in s) => component(GalacticFrame.FromIcrs(SkyCoordinates.ToUnitVector(s.Ra, s.Dec))) * 1000 / s.DistanceParallax
        )
        {
            UsesDistance = true,
            Vector = "galactic",
            VectorDimensions = 3,
        };
}
