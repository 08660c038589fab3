namespace Almagest.Sky;

/// <summary>The systems of celestial coordinates in which catalogues give positions. Stars are stored in ICRS.</summary>
public enum SkyFrame
{
    Icrs,

    /// <summary>The fifth fundamental catalogue: mean equator and equinox of a Julian date, J2000 by default.</summary>
    Fk5,

    /// <summary>The fourth fundamental catalogue: mean equator and equinox of a Besselian date, B1950 by default, E-terms of aberration
    /// included.</summary>
    Fk4,

    /// <summary>Galactic longitude and latitude (IAU 1958).</summary>
    Galactic,
}
