using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>Some stars of a catalogue as columns. Every array has <see cref="Count"/> elements; NaN is a missing number.</summary>
public sealed class StarBatch
{
    public required int Count { get; init; }

    /// <summary>The catalogue's identifier as text, exact; the row number where the catalogue has none. Never empty.</summary>
    public required string[] SourceId { get; init; }

    /// <summary>Degrees in [0, 360). Never missing.</summary>
    public required double[] RaDeg { get; init; }

    /// <summary>Degrees in [-90, 90]. Never missing.</summary>
    public required double[] DecDeg { get; init; }

    public required double[] ParallaxMas { get; init; }

    public required double[] ParallaxErrorMas { get; init; }

    /// <summary>Times cos(dec).</summary>
    public required double[] PmraMasYr { get; init; }

    public required double[] PmdecMasYr { get; init; }

    public required double[] Magnitude { get; init; }

    public required double[] Color { get; init; }

    public required double[] RadialVelocityKmS { get; init; }

    public required double[] Ruwe { get; init; }

    /// <summary>The fields of <see cref="FurtherField.All"/>, in its order; null where the catalogue has no column of it.</summary>
    public required IReadOnlyList<double[]?> Further { get; init; }

    /// <summary>Values of a field that it cannot have, and that are missing therefore.</summary>
    internal IReadOnlyList<(string Field, int Count)> Impossible { get; init; } = [];

    /// <summary>Rows that were rejected for a right ascension from -180 to below 0.</summary>
    internal int BelowZero { get; init; }

    /// <summary>The first right ascension above 180 degrees of those that are said to run from -180 to 180; null without one.</summary>
    internal (long Line, double Degrees)? BeyondHalf { get; init; }

    /// <summary>Julian year for which the position holds; NaN where it is not known.</summary>
    public required double[] Epoch { get; init; }

    /// <summary>Stars that should have been carried to another epoch and have no proper motion or no epoch; their positions are as they
    /// were.</summary>
    public int NotCarried { get; init; }

    /// <summary>
    /// A compact JSON object of every other column that has a value in this row: numbers as numbers, 64-bit integers exact, text as
    /// strings, infinities as the strings "Infinity" and "-Infinity". <c>{}</c> where there is none.
    /// </summary>
    public required string[] ExtraJson { get; init; }

    /// <summary>Where each star's row starts in the file.</summary>
    public required long[] LineNumber { get; init; }

    /// <summary>0 or 1, null where unknown; null as a whole where the catalogue has no such column.</summary>
    public int?[]? LabelOutlier { get; init; }

    /// <inheritdoc cref="LabelOutlier"/>
    public string?[]? LabelKind { get; init; }

    /// <inheritdoc cref="LabelOutlier"/>
    public string?[]? LabelCluster { get; init; }

    /// <summary>The rows of this stretch of the file that were left out, by line number.</summary>
    public required IReadOnlyList<RejectedRow> Rejected { get; init; }
}
