namespace Almagest.Sky;

/// <summary>
/// Positions and proper motions of older systems in ICRS.
/// <list type="bullet">
/// <item>FK5 J2000: the frame tie of the IAU 2000 conventions, 22.9, 9.1 and 19.9 mas (USNO Circular 179, section 3.5); other equinoxes by the precession of
/// IAU 2006 (Capitaine, Wallace and Chapront 2003, A&amp;A 412, 567: ψ, ω, χ about the obliquity of J2000).</item>
/// <item>FK4: the E-terms of aberration are taken away (Explanatory Supplement 1992, 3.531), other equinoxes than B1950 are precessed by Newcomb's
/// constants, and Murray's matrix of B1950 to J2000 with its rotation in time (Murray 1989, A&amp;A 218, 325, equations 28 and 29) leads to FK5.</item>
/// <item>Galactic: the IAU 1958 pole and centre as they are in FK5 J2000 (192.8594812°, 27.1282512°, 122.9319186°; Liu, Zhu and Zhang 2011).</item>
/// </list>
/// Proper motions are carried along as differences of positions a year apart.
/// </summary>
public sealed class FrameConversion
{
    private const double Degree = Math.PI / 180, ArcSecond = Degree / 3600;

    private static readonly Rotation Fk5ToIcrs =
        (Rotation.About('x', 19.9e-3 * ArcSecond) * Rotation.About('y', 9.1e-3 * ArcSecond) * Rotation.About('z', -22.9e-3 * ArcSecond)).Transposed;

    private static readonly Rotation GalacticToFk5 =
        (Rotation.About('z', (180 - 122.9319185680026) * Degree) * Rotation.About('y', (90 - 27.12825118085622) * Degree) * Rotation.About('z', 192.8594812065348 * Degree)).Transposed;

    private static readonly Rotation Murray = new(
        new(0.9999256794956877, -0.0111814832204662, -0.0048590038153592),
        new(0.0111814832391717, 0.9999374848933135, -0.0000271625947142),
        new(0.0048590037723143, -0.0000271702937440, 0.9999881946023742));

    /// <summary>Per Julian century from J1950.</summary>
    private static readonly Rotation MurrayRate = 1e-6 * new Rotation(
        new(-0.0026455262, -1.1539918689, 2.1111346190),
        new(1.1540628161, -0.0129042997, 0.0236021478),
        new(-2.1112979048, -0.0056024448, 0.0102587734));

    private readonly PositionSystem _system;
    private readonly Rotation _toIcrs;
    private readonly Direction _eTerms;

    public FrameConversion(PositionSystem system)
    {
        _system = system;
        switch (system.Frame)
        {
            case SkyFrame.Fk5:
                _toIcrs = system.Equinox == 2000 ? Fk5ToIcrs : Fk5ToIcrs * PrecessionFromJ2000(system.Equinox).Transposed;
                break;
            case SkyFrame.Fk4:
                double observed = system.Epoch ?? PositionSystem.BesselianToJulian(system.Equinox);
                var toFk5 = Murray + (observed - 1950) / 100 * MurrayRate;
                _toIcrs = Fk5ToIcrs * toFk5 * (system.Equinox == 1950 ? Rotation.About('z', 0) : NewcombPrecession(system.Equinox, 1950));
                _eTerms = ETerms(system.Equinox);
                break;
            case SkyFrame.Galactic:
                _toIcrs = Fk5ToIcrs * GalacticToFk5;
                break;
            default:
                _toIcrs = Rotation.About('z', 0);
                break;
        }
    }

    /// <param name="longitude">degrees; right ascension, or Galactic longitude</param>
    /// <param name="latitude">degrees</param>
    /// <returns>right ascension in [0, 360) and declination, degrees, ICRS</returns>
    public (double Ra, double Dec) Position(double longitude, double latitude)
    {
        if (_system.Frame == SkyFrame.Icrs) return (longitude, latitude);
        return Degrees(ToIcrs(Direction.Of(longitude * Degree, latitude * Degree)));
    }

    /// <summary>A position with its proper motion (mas/yr, that in longitude times the cosine of the latitude).</summary>
    public (double Ra, double Dec, double Pmra, double Pmdec) Motion(double longitude, double latitude, double pmLongitude, double pmLatitude)
    {
        if (_system.Frame == SkyFrame.Icrs) return (longitude, latitude, pmLongitude, pmLatitude);
        double l = longitude * Degree, b = latitude * Degree;
        var (sinL, cosL) = Math.SinCos(l);
        var (sinB, cosB) = Math.SinCos(b);
        var position = Direction.Of(l, b);
        const double masPerYear = ArcSecond / 1000;
        var motion = pmLongitude * masPerYear * new Direction(-sinL, cosL, 0) + pmLatitude * masPerYear * new Direction(-sinB * cosL, -sinB * sinL, cosB);
        var there = ToIcrs(position);
        // The map is linear but for the E-terms, whose change over a star's yearly motion is below a millionth of it.
        const double step = 1000;
        var moved = ToIcrs(position + step * motion);
        var back = ToIcrs(position - step * motion);
        var rate = 1 / (2 * step) * (moved - back);
        var (ra, dec) = there.Angles();
        var (sinRa, cosRa) = Math.SinCos(ra);
        var (sinDec, cosDec) = Math.SinCos(dec);
        double pmra = rate.Dot(new(-sinRa, cosRa, 0)) / masPerYear;
        double pmdec = rate.Dot(new(-sinDec * cosRa, -sinDec * sinRa, cosDec)) / masPerYear;
        var (raDeg, decDeg) = Degrees(there);
        return (raDeg, decDeg, pmra, pmdec);
    }

    private Direction ToIcrs(Direction v)
    {
        if (_system.Frame != SkyFrame.Fk4) return _toIcrs * v;
        double length = v.Length;
        var unit = 1 / length * v;
        var mean = unit - _eTerms + _eTerms.Dot(unit) * unit;
        return _toIcrs * (length / mean.Length * mean);
    }

    private static (double Ra, double Dec) Degrees(Direction v)
    {
        var (longitude, latitude) = v.Angles();
        double ra = longitude / Degree;
        return (ra >= 360 ? 0 : ra, latitude / Degree);
    }

    /// <summary>The E-terms of aberration, from the eccentricity of the Earth's orbit and the longitude of its perigee (Explanatory Supplement 1992).</summary>
    private static Direction ETerms(double equinox)
    {
        double julian = PositionSystem.BesselianToJulian(equinox);
        double days = (julian - 2000) * 365.25;
        double t = (days + 2451545.0 - 2433282.42345905) / 36525;
        double eccentricity = 0.01673011 + t * (-0.00004193 + t * -0.000000126);
        double perigee = (1015489.951 + t * (6190.67 + t * (1.65 + t * 0.012))) * ArcSecond;
        double c = days / 36525;
        // IAU 1980.
        double obliquity = (84381.448 + c * (-46.8150 + c * (-0.00059 + c * 0.001813))) * ArcSecond;
        double k = eccentricity * 0.0056932 * Degree;
        return new(k * Math.Sin(perigee), -k * Math.Cos(perigee) * Math.Cos(obliquity), -k * Math.Cos(perigee) * Math.Sin(obliquity));
    }

    /// <summary>Precession between Besselian years with Newcomb's constants (Explanatory Supplement 1992, 3.214).</summary>
    private static Rotation NewcombPrecession(double from, double to)
    {
        double t1 = (from - 1850) / 1000, dt = (to - from) / 1000;
        double first = 23035.545 + t1 * (139.720 + 0.060 * t1);
        double zeta = dt * (first + dt * (30.240 - 0.27 * t1 + dt * 17.995)) * ArcSecond;
        double z = dt * (first + dt * (109.480 + 0.39 * t1 + dt * 18.325)) * ArcSecond;
        double theta = dt * (20051.12 + t1 * (-85.29 - 0.37 * t1) + dt * (-42.65 - 0.37 * t1 + dt * -41.8)) * ArcSecond;
        return Rotation.About('z', -z) * Rotation.About('y', theta) * Rotation.About('z', -zeta);
    }

    /// <summary>From the mean equator and equinox of J2000 to those of a Julian year (IAU 2006).</summary>
    private static Rotation PrecessionFromJ2000(double year)
    {
        double t = (year - 2000) / 100;
        const double obliquity = 84381.406 * ArcSecond;
        double psi = t * (5038.481507 + t * (-1.0790069 + t * (-0.00114045 + t * (0.000132851 + t * -0.0000000951)))) * ArcSecond;
        double omega = obliquity + t * (-0.025754 + t * (0.0512623 + t * (-0.00772503 + t * (-0.000000467 + t * 0.0000003337)))) * ArcSecond;
        double chi = t * (10.556403 + t * (-2.3814292 + t * (-0.00121197 + t * (0.000170663 + t * -0.0000000560)))) * ArcSecond;
        return Rotation.About('z', chi) * Rotation.About('x', -omega) * Rotation.About('z', -psi) * Rotation.About('x', obliquity);
    }
}
