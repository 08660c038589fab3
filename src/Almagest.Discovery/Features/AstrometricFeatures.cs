using Almagest.Sky;

namespace Almagest.Discovery.Features;

/// <summary>The features that recipes are put together from.</summary>
static class AstrometricFeatures
{
    /// <summary>One astronomical unit a year in km/s, times 1 (mas/yr) / mas: A_v of the Hipparcos catalogue, vol. 1, table 1.2.2.</summary>
    public const double KmsPerAuYr = 4.740470446;

    const double Degree = Math.PI / 180;

    public static readonly Feature[] Direction =
    [
        UnitVector("dir_x", "Component of the unit vector towards RA 0, Dec 0", s => Math.Cos(s.Dec * Degree) * Math.Cos(s.Ra * Degree)),
        UnitVector("dir_y", "Component of the unit vector towards RA 90, Dec 0", s => Math.Cos(s.Dec * Degree) * Math.Sin(s.Ra * Degree)),
        UnitVector("dir_z", "Component of the unit vector towards Dec +90", s => Math.Sin(s.Dec * Degree)),
    ];

    public static readonly Feature[] GalacticXyz =
    [
        Galactic("gal_x", "towards the Galactic centre", 0),
        Galactic("gal_y", "in the direction of Galactic rotation", 1),
        Galactic("gal_z", "towards the north Galactic pole", 2),
    ];

    public static readonly Feature Ra = new("ra", "deg", "Right ascension as a plain number (wraps at 0/360)", [StarColumn.Ra], s => s.Ra);
    public static readonly Feature Dec = new("dec", "deg", "Declination as a plain number", [StarColumn.Dec], s => s.Dec);
    public static readonly Feature Pmra = new("pmra", "mas/yr", "Proper motion in right ascension times cos(dec)", [StarColumn.Pmra], s => s.Pmra);
    public static readonly Feature Pmdec = new("pmdec", "mas/yr", "Proper motion in declination", [StarColumn.Pmdec], s => s.Pmdec);
    public static readonly Feature Parallax = new("parallax", "mas", "Parallax as measured, negative ones too", [StarColumn.Parallax], s => s.Parallax);
    public static readonly Feature Magnitude = new("magnitude", "mag", "Apparent magnitude in the dataset's main band", [StarColumn.Magnitude], s => s.Magnitude);
    public static readonly Feature Color = new("color", "mag", "Colour index of the dataset", [StarColumn.Color], s => s.Color);

    public static readonly Feature AbsoluteMagnitude = new(
        "abs_mag", "mag", "Absolute magnitude from the parallax: m + 5 log10(parallax / mas) - 10, no extinction",
        [StarColumn.Magnitude, StarColumn.Parallax], s => s.Magnitude + 5 * Math.Log10(s.DistanceParallax) - 10) { UsesDistance = true };

    public static readonly Feature VelocityRa = Velocity("v_ra", "Tangential velocity in right ascension", [StarColumn.Pmra, StarColumn.Parallax], s => s.Pmra);
    public static readonly Feature VelocityDec = Velocity("v_dec", "Tangential velocity in declination", [StarColumn.Pmdec, StarColumn.Parallax], s => s.Pmdec);
    public static readonly Feature Speed = Velocity("v_tan", "Tangential speed", [StarColumn.Pmra, StarColumn.Pmdec, StarColumn.Parallax], TotalProperMotion);

    public static readonly Feature ProperMotion = new("pm_total", "mas/yr", "Total proper motion", [StarColumn.Pmra, StarColumn.Pmdec], TotalProperMotion);

    static double TotalProperMotion(StarValues s) => Math.Sqrt(s.Pmra * s.Pmra + s.Pmdec * s.Pmdec);

    static Feature UnitVector(string name, string description, Func<StarValues, double> formula) =>
        new(name, "", description, [StarColumn.Ra, StarColumn.Dec], formula) { Vector = "direction", VectorDimensions = 2 };

    static Feature Velocity(string name, string description, StarColumn[] needs, Func<StarValues, double> properMotion) =>
        new(name, "km/s", description, needs, s => KmsPerAuYr * properMotion(s) / s.DistanceParallax) { UsesDistance = true };

    static Feature Galactic(string name, string direction, int axis) =>
        new(name, "pc", $"Heliocentric Galactic Cartesian coordinate {direction}", [StarColumn.Ra, StarColumn.Dec, StarColumn.Parallax],
            s => GalacticFrame.Component(s.Ra * Degree, s.Dec * Degree, axis) * 1000 / s.DistanceParallax)
        {
            UsesDistance = true,
            Vector = "galactic",
            VectorDimensions = 3,
        };
}
