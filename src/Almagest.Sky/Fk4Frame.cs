namespace Almagest.Sky;

/// <summary>The frame of the fourth fundamental catalogue, whose positions include the E-terms of aberration.</summary>
internal static class Fk4Frame
{
    /// <summary>From B1950 to FK5 J2000 (Murray 1989, A&amp;A 218, 325, equation 28).</summary>
    private static readonly Rotation s_toFk5 = new(
        new(0.9999256794956877, -0.0111814832204662, -0.0048590038153592),
        new(0.0111814832391717, 0.9999374848933135, -0.0000271625947142),
        new(0.0048590037723143, -0.0000271702937440, 0.9999881946023742)
    );

    /// <summary>How that changes in a Julian century from J1950: FK4 turns (equation 29).</summary>
    private static readonly Rotation s_toFk5Rate =
        new Rotation(
            new(-0.0026455262, -1.1539918689, 2.1111346190),
            new(1.1540628161, -0.0129042997, 0.0236021478),
            new(-2.1112979048, -0.0056024448, 0.0102587734)
        ) * 1e-6;

    /// <summary>From FK4 without E-terms to FK5 J2000.</summary>
    /// <param name="equinox">Besselian year</param>
    /// <param name="observed">Julian year of the positions</param>
    public static Rotation ToFk5J2000(double equinox, double observed)
    {
        var toFk5 = s_toFk5 + s_toFk5Rate * ((observed - 1950) / 100);
        return equinox == 1950 ? toFk5 : toFk5 * Precession(equinox, 1950);
    }

    /// <summary>
    /// The E-terms of aberration, from the eccentricity of the Earth's orbit and the longitude of its perigee (Explanatory Supplement 1992,
    /// 3.531).
    /// </summary>
    public static SkyVector ETerms(double equinox)
    {
        var days = (PositionSystem.BesselianToJulian(equinox) - 2000) * Constants.JulianYearDays;
        var t = (days + Constants.J2000JulianDate - 2433282.42345905) / 36525;
        var eccentricity = 0.01673011 + t * (-0.00004193 + t * -0.000000126);
        var perigee = (1015489.951 + t * (6190.67 + t * (1.65 + t * 0.012))) * Constants.Arcsecond;
        var c = days / 36525;
        // IAU 1980.
        var obliquity = (84381.448 + c * (-46.8150 + c * (-0.00059 + c * 0.001813))) * Constants.Arcsecond;
        var k = eccentricity * 0.0056932 * Constants.Degree;
        return new(k * Math.Sin(perigee), -k * Math.Cos(perigee) * Math.Cos(obliquity), -k * Math.Cos(perigee) * Math.Sin(obliquity));
    }

    /// <summary>Precession between Besselian years with Newcomb's constants (Explanatory Supplement 1992, 3.214).</summary>
    private static Rotation Precession(double from, double to)
    {
        double t1 = (from - 1850) / 1000,
            dt = (to - from) / 1000;
        var first = 23035.545 + t1 * (139.720 + 0.060 * t1);
        var zeta = dt * (first + dt * (30.240 - 0.27 * t1 + dt * 17.995)) * Constants.Arcsecond;
        var z = dt * (first + dt * (109.480 + 0.39 * t1 + dt * 18.325)) * Constants.Arcsecond;
        var theta = dt * (20051.12 + t1 * (-85.29 - 0.37 * t1) + dt * (-42.65 - 0.37 * t1 + dt * -41.8)) * Constants.Arcsecond;
        return Rotation.About('z', -z) * Rotation.About('y', theta) * Rotation.About('z', -zeta);
    }
}
