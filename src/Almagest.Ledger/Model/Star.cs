namespace Almagest.Ledger.Model;

/// <summary>One row of a dataset. Null = the catalogue has no value.</summary>
public sealed class Star
{
    public long StarId { get; set; }

    public long DatasetId { get; set; }

    /// <summary>The catalogue's own id, as text: 19 digits do not fit a double, and many ids are not numbers.</summary>
    public required string SourceId { get; set; }

    /// <summary>ICRS right ascension, degrees, [0, 360).</summary>
    public double RaDeg { get; set; }

    /// <summary>ICRS declination, degrees, [-90, 90].</summary>
    public double DecDeg { get; set; }

    public double? ParallaxMas { get; set; }

    public double? ParallaxErrorMas { get; set; }

    /// <summary>Proper motion in right ascension times cos(dec), mas/yr.</summary>
    public double? PmraMasYr { get; set; }

    public double? PmdecMasYr { get; set; }

    /// <summary>Apparent magnitude in the dataset's main band; the dataset's column mapping says which.</summary>
    public double? Magnitude { get; set; }

    /// <summary>Colour index, mag; the dataset's column mapping says which.</summary>
    public double? Color { get; set; }

    public double? RadialVelocityKmS { get; set; }

    /// <summary>Gaia's renormalised unit weight error.</summary>
    public double? Ruwe { get; set; }

    // The further fields, see Almagest.Catalog.Mapping.FurtherField, in its order.
    public double? RaError { get; set; }
    public double? DecError { get; set; }
    public double? PmraError { get; set; }
    public double? PmdecError { get; set; }
    public double? RaDecCorr { get; set; }
    public double? RaParallaxCorr { get; set; }
    public double? RaPmraCorr { get; set; }
    public double? RaPmdecCorr { get; set; }
    public double? DecParallaxCorr { get; set; }
    public double? DecPmraCorr { get; set; }
    public double? DecPmdecCorr { get; set; }
    public double? ParallaxPmraCorr { get; set; }
    public double? ParallaxPmdecCorr { get; set; }
    public double? PmraPmdecCorr { get; set; }
    public double? PhotBpRpExcessFactor { get; set; }
    public double? RadialVelocityError { get; set; }

    /// <summary>HEALPix cell of the position, nested scheme, order 29.</summary>
    public long Healpix29 { get; set; }

    /// <summary>The other columns of the source table, as a JSON object; null where there are none.</summary>
    public string? Extra { get; set; }
}

/// <summary>What is known of a star from elsewhere: the truth that detections are measured against.</summary>
public sealed class StarLabel
{
    public long StarId { get; set; }

    /// <summary>Which set of labels: <c>truth</c> unless the user names another.</summary>
    public required string LabelSet { get; set; }

    /// <summary>1 = really unusual, 0 = really ordinary, null = not said.</summary>
    public int? IsAnomaly { get; set; }

    /// <summary>What kind of object it is, in the user's words.</summary>
    public string? Kind { get; set; }

    /// <summary>The cluster it belongs to; null = none, or not said.</summary>
    public string? Cluster { get; set; }

    /// <summary>Whatever else the user says of the star; null = nothing.</summary>
    public string? Remark { get; set; }

    /// <summary>Who said so; null where that was not said.</summary>
    public string? LabelledBy { get; set; }

    public DateTime LabelledAt { get; set; }
}
