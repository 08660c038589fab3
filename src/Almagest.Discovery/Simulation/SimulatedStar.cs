namespace Almagest.Discovery.Simulation;

/// <summary>One simulated source: what a Gaia-like catalogue says of it, and the truth. Missing values are NaN.</summary>
public readonly record struct SimulatedStar
{
    /// <summary>Unique; as in Gaia, its highest bits (above 2^35) are the HEALPix cell of the position, nested, order 12.</summary>
    public required long SourceId { get; init; }

    /// <summary>ICRS, degrees in [0, 360).</summary>
    public required double RaDeg { get; init; }

    /// <summary>ICRS, degrees.</summary>
    public required double DecDeg { get; init; }

    /// <summary>Times cos(dec), mas; larger where the source has no five-parameter solution.</summary>
    public required double RaErrorMas { get; init; }

    /// <summary>mas; likewise.</summary>
    public required double DecErrorMas { get; init; }

    /// <summary>mas; missing where the source has no five-parameter solution.</summary>
    public required double ParallaxMas { get; init; }

    /// <summary>mas; missing with the parallax.</summary>
    public required double ParallaxErrorMas { get; init; }

    /// <summary>Proper motion in right ascension times cos(dec), mas/yr; missing with the parallax.</summary>
    public required double PmraMasYr { get; init; }

    /// <summary>mas/yr; missing with the parallax.</summary>
    public required double PmdecMasYr { get; init; }

    /// <summary>mas/yr; missing with the parallax.</summary>
    public required double PmraErrorMasYr { get; init; }

    /// <summary>mas/yr; missing with the parallax.</summary>
    public required double PmdecErrorMasYr { get; init; }

    public required double PhotGMeanMag { get; init; }

    /// <summary>mag; sometimes missing.</summary>
    public required double BpRp { get; init; }

    /// <summary>km/s; only of bright stars.</summary>
    public required double RadialVelocityKmS { get; init; }

    /// <summary>Renormalised unit weight error, about 1 for a single star; missing with the parallax.</summary>
    public required double Ruwe { get; init; }

    /// <summary>Flux excess factor of BP and RP, larger where a neighbour is blended in; missing with the colour.</summary>
    public required double BpRpExcessFactor { get; init; }

    /// <summary>Truth: why the star is unusual, if it is.</summary>
    public required OutlierKind Kind { get; init; }

    /// <summary>Truth: the planted cluster that it belongs to, or null.</summary>
    public required string? Cluster { get; init; }

    /// <summary>Whether the star itself is unusual; a spurious solution of an ordinary star is not.</summary>
    public bool IsOutlier => Kind is not (OutlierKind.None or OutlierKind.SpuriousAstrometry);
}
