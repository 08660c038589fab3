using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Datasets;

/// <summary>One star as its catalogue has it; null = the catalogue has no value.</summary>
/// <param name="StarId">Almagest's own id</param>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="RaDeg">ICRS right ascension, degrees, [0, 360)</param>
/// <param name="DecDeg">ICRS declination, degrees, [-90, 90]</param>
/// <param name="ParallaxMas">parallax, mas</param>
/// <param name="ParallaxErrorMas">its standard error, mas</param>
/// <param name="PmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">proper motion in declination, mas/yr</param>
/// <param name="Magnitude">magnitude in the dataset's main band</param>
/// <param name="Color">colour index, mag</param>
/// <param name="RadialVelocityKmS">radial velocity, km/s</param>
/// <param name="Ruwe">Gaia's renormalised unit weight error</param>
/// <param name="Healpix29">HEALPix cell, nested, order 29; text, for 19 digits do not fit a double</param>
/// <param name="Extra">the other columns of the source table; null where there are none</param>
public record StarResource(
    long StarId,
    long DatasetId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? ParallaxErrorMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    double? RadialVelocityKmS,
    double? Ruwe,
    [property: JsonPropertyName("healpix_29")] string Healpix29,
    RawJson? Extra
)
{
    /// <summary>standard error of the right ascension times cos(dec), mas</summary>
    public double? RaError { get; init; }

    /// <summary>standard error of the declination, mas</summary>
    public double? DecError { get; init; }

    /// <summary>standard error of the proper motion in right ascension, mas/yr</summary>
    public double? PmraError { get; init; }

    /// <summary>standard error of the proper motion in declination, mas/yr</summary>
    public double? PmdecError { get; init; }

    /// <summary>correlation of the errors of right ascension and declination</summary>
    public double? RaDecCorr { get; init; }

    /// <summary>correlation of the errors of right ascension and parallax</summary>
    public double? RaParallaxCorr { get; init; }

    /// <summary>correlation of the errors of right ascension and proper motion in right ascension</summary>
    public double? RaPmraCorr { get; init; }

    /// <summary>correlation of the errors of right ascension and proper motion in declination</summary>
    public double? RaPmdecCorr { get; init; }

    /// <summary>correlation of the errors of declination and parallax</summary>
    public double? DecParallaxCorr { get; init; }

    /// <summary>correlation of the errors of declination and proper motion in right ascension</summary>
    public double? DecPmraCorr { get; init; }

    /// <summary>correlation of the errors of declination and proper motion in declination</summary>
    public double? DecPmdecCorr { get; init; }

    /// <summary>correlation of the errors of parallax and proper motion in right ascension</summary>
    public double? ParallaxPmraCorr { get; init; }

    /// <summary>correlation of the errors of parallax and proper motion in declination</summary>
    public double? ParallaxPmdecCorr { get; init; }

    /// <summary>correlation of the errors of proper motion in right ascension and proper motion in declination</summary>
    public double? PmraPmdecCorr { get; init; }

    /// <summary>Gaia's flux in BP and RP over that in G, as published</summary>
    public double? PhotBpRpExcessFactor { get; init; }

    /// <summary>standard error of the radial velocity, km/s</summary>
    public double? RadialVelocityError { get; init; }
}

/// <summary>A page of a dataset's stars in order of star_id.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
public sealed record StarPage(IReadOnlyList<StarResource> Items, long? Next);
