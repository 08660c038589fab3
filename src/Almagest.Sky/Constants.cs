namespace Almagest.Sky;

/// <summary>Constants of angles and of astronomy, each written here and nowhere else.</summary>
public static class Constants
{
    /// <summary>Radians in a degree.</summary>
    public const double Degree = Math.PI / 180;

    /// <summary>Radians in an arc second.</summary>
    public const double Arcsecond = Degree / 3600;

    /// <summary>Radians in a thousandth of an arc second.</summary>
    public const double Milliarcsecond = Degree / 3.6e6;

    /// <summary>Arc seconds in a degree.</summary>
    public const double ArcsecondsPerDegree = 3600;

    /// <summary>The astronomical unit in km, exactly (IAU 2012, resolution B2).</summary>
    public const double AstronomicalUnitKm = 149_597_870.7;

    /// <summary>Days of 86,400 s in a Julian year, exactly.</summary>
    public const double JulianYearDays = 365.25;

    /// <summary>The Julian date of J2000.0.</summary>
    public const double J2000JulianDate = 2_451_545.0;

    /// <summary>
    /// An astronomical unit a Julian year in km/s, 4.740470463…: the velocity across the sky of a proper motion of 1 mas/yr at a parallax
    /// of 1 mas. The Hipparcos catalogue has 4.740470446 (ESA SP-1200, volume 1, table 1.2.2), with the astronomical unit of its day.
    /// </summary>
    public const double AuPerYearKmS = AstronomicalUnitKm / (JulianYearDays * 86_400);
}
