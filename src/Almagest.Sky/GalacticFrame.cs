namespace Almagest.Sky;

/// <summary>
/// Galactic coordinates: x towards the Galactic centre, y along the rotation of the disc, z towards the north Galactic pole.
/// </summary>
/// <remarks>
/// The definition is that of the IAU (Blaauw et al. 1960, MNRAS 121, 123), made in B1950 and carried to FK5 J2000: pole at
/// 192.8594812065348°, +27.12825118085622°, longitude 122.9319185680026° of the north celestial pole (Reid and Brunthaler 2004, ApJ 616,
/// 872, appendix; Liu, Zhu and Zhang 2011, A&amp;A 526, A16). <see cref="Fk5Frame"/> leads on to ICRS. So does astropy. The Hipparcos and
/// Gaia catalogues take the pole, rounded to 0.00001°, as one of ICRS instead (ESA SP-1200, volume 1, section 1.5.3): their longitudes and
/// latitudes differ by up to 0.025 arc seconds.
/// </remarks>
public static class GalacticFrame
{
    private static readonly Rotation s_fromFk5 =
        Rotation.About('z', (180 - 122.9319185680026) * Constants.Degree)
        * Rotation.About('y', (90 - 27.12825118085622) * Constants.Degree)
        * Rotation.About('z', 192.8594812065348 * Constants.Degree);

    /// <summary>The rotation of vectors from Galactic axes to those of ICRS.</summary>
    internal static readonly Rotation ToIcrsRotation = Fk5Frame.ToIcrs * s_fromFk5.Transposed;

    private static readonly Rotation s_fromIcrsRotation = ToIcrsRotation.Transposed;

    /// <summary>The Galactic components of an ICRS vector, of any unit.</summary>
    public static SkyVector FromIcrs(SkyVector icrs) => s_fromIcrsRotation * icrs;

    /// <summary>The ICRS components of a Galactic vector, of any unit.</summary>
    public static SkyVector ToIcrs(SkyVector galactic) => ToIcrsRotation * galactic;

    /// <summary>Galactic longitude in [0, 360) and latitude of an ICRS position, degrees.</summary>
    public static (double LDeg, double BDeg) FromIcrs(double raDeg, double decDeg) =>
        SkyCoordinates.FromVector(FromIcrs(SkyCoordinates.ToUnitVector(raDeg, decDeg)));
}
