using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>
/// The stars of one selection as columns, in ascending order of <see cref="StarId"/>. Every array has <see cref="Count"/>
/// elements; a missing value is <see cref="double.NaN"/>. A column that the dataset does not have at all is all NaN.
/// </summary>
/// <remarks>Stars of large selections are in files (<see cref="StarWriter"/>). They have no arrays: what works with them goes over their
/// <see cref="Tiles"/>, of which stars in memory are one.</remarks>
public sealed class StarColumns
{
    /// <summary>Names of <see cref="Further"/> numbers that features use.</summary>
    public const string ParallaxErrorName = "parallax_error_mas";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string PmraErrorName = "pmra_error";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string PmdecErrorName = "pmdec_error";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string RadialVelocityName = "radial_velocity_km_s";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string PmraPmdecCorrelationName = "pmra_pmdec_corr";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string ParallaxPmraCorrelationName = "parallax_pmra_corr";

    /// <inheritdoc cref="ParallaxErrorName"/>
    public const string ParallaxPmdecCorrelationName = "parallax_pmdec_corr";

    /// <summary>Name of the <see cref="Further"/> number that says what was answered of a star: the number of the answer, from 1 on,
    /// positive = interesting, negative = ordinary; NaN = nothing. No column of the catalogue.</summary>
    public const string AnswerName = "answer";

    internal const string RaErrorName = "ra_error";
    internal const string DecErrorName = "dec_error";
    internal const string RadialVelocityErrorName = "radial_velocity_error";

    /// <summary>No star.</summary>
    public static StarColumns None { get; } =
        new()
        {
            StarId = [],
            RaDeg = [],
            DecDeg = [],
            ParallaxMas = [],
            PmraMasYr = [],
            PmdecMasYr = [],
            Magnitude = [],
            Color = [],
        };

    /// <summary>Stars in files.</summary>
    internal static StarColumns In(StarFiles files) =>
        new()
        {
            StarId = [],
            RaDeg = [],
            DecDeg = [],
            ParallaxMas = [],
            PmraMasYr = [],
            PmdecMasYr = [],
            Magnitude = [],
            Color = [],
            Files = files,
        };

    public required long[] StarId
    {
        get => Here(field);
        init;
    }

    /// <summary>Right ascension, ICRS, degrees in [0, 360). Never missing.</summary>
    public required double[] RaDeg
    {
        get => Here(field);
        init;
    }

    /// <summary>Declination, ICRS, degrees in [-90, 90]. Never missing.</summary>
    public required double[] DecDeg
    {
        get => Here(field);
        init;
    }

    /// <summary>Parallax, mas.</summary>
    public required double[] ParallaxMas
    {
        get => Here(field);
        init;
    }

    /// <summary>Proper motion in right ascension times cos(dec), mas/yr.</summary>
    public required double[] PmraMasYr
    {
        get => Here(field);
        init;
    }

    /// <summary>Proper motion in declination, mas/yr.</summary>
    public required double[] PmdecMasYr
    {
        get => Here(field);
        init;
    }

    /// <summary>Apparent magnitude in the dataset's main band (G for Gaia, V for Hipparcos), mag.</summary>
    public required double[] Magnitude
    {
        get => Here(field);
        init;
    }

    /// <summary>Colour index of the dataset (BP-RP for Gaia, B-V for Hipparcos), mag.</summary>
    public required double[] Color
    {
        get => Here(field);
        init;
    }

    /// <summary>
    /// Other numbers that were asked for, by the names that the table of stars gives them (<c>parallax_error_mas</c>,
    /// <c>pmra_error</c>, <c>ruwe</c> …). A name that is not here was not loaded, whether or not the stars have it.
    /// </summary>
    public IReadOnlyDictionary<string, double[]> Further
    {
        get => Here(field);
        init;
    } = ReadOnlyDictionary<string, double[]>.Empty;

    /// <summary>Error of the parallax, mas; NaN throughout where it was not loaded, as of the next ones.</summary>
    public double[] ParallaxErrorMas => field ??= Named(ParallaxErrorName);

    /// <summary>Error of <see cref="PmraMasYr"/>, mas/yr.</summary>
    public double[] PmraErrorMasYr => field ??= Named(PmraErrorName);

    /// <summary>Error of <see cref="PmdecMasYr"/>, mas/yr.</summary>
    public double[] PmdecErrorMasYr => field ??= Named(PmdecErrorName);

    /// <summary>Radial velocity, km/s.</summary>
    public double[] RadialVelocityKmS => field ??= Named(RadialVelocityName);

    public int Count => Files?.Count ?? StarId.Length;

    /// <summary>The same as <see cref="StarId"/>, wherever it is.</summary>
    public Sequence<long> Ids => Files?.Ids ?? StarId;

    /// <summary>Whether there are arrays.</summary>
    public bool IsInMemory => Files is null;

    /// <summary>Where what is made of the stars is kept.</summary>
    public Room Room => Files?.Room ?? Room.Memory;

    internal StarFiles? Files { get; init; }

    /// <summary>Whether these <see cref="Further"/> numbers were loaded.</summary>
    public bool Has(string further) => Files is { } files ? files.Has(further) : Further.ContainsKey(further);

    /// <summary>All stars, so many at a time; what one tile holds is gone when the next is asked for.</summary>
    internal IEnumerable<StarTile> Tiles() => Files?.Tiles() ?? [new StarTile(0, this)];

    /// <summary>A column of all stars, which is not one of <see cref="Further"/>.</summary>
    public Sequence<double> Of(StarColumn column) => Files?.Of(column) ?? this.Values(column);

    /// <summary>The same stars with further numbers, beside those that they have.</summary>
    /// <param name="further">in the order of the stars</param>
    public StarColumns With(IReadOnlyDictionary<string, double[]> further)
    {
        ArgumentNullException.ThrowIfNull(further);
        return new StarColumns
        {
            StarId = StarId,
            RaDeg = RaDeg,
            DecDeg = DecDeg,
            ParallaxMas = ParallaxMas,
            PmraMasYr = PmraMasYr,
            PmdecMasYr = PmdecMasYr,
            Magnitude = Magnitude,
            Color = Color,
            Further = Further.Where(f => !further.ContainsKey(f.Key)).Concat(further).ToDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>The stars of these rows, in this order.</summary>
    internal StarColumns Take(int[] rows) =>
        new()
        {
            StarId = Array.ConvertAll(rows, row => StarId[row]),
            RaDeg = Array.ConvertAll(rows, row => RaDeg[row]),
            DecDeg = Array.ConvertAll(rows, row => DecDeg[row]),
            ParallaxMas = Array.ConvertAll(rows, row => ParallaxMas[row]),
            PmraMasYr = Array.ConvertAll(rows, row => PmraMasYr[row]),
            PmdecMasYr = Array.ConvertAll(rows, row => PmdecMasYr[row]),
            Magnitude = Array.ConvertAll(rows, row => Magnitude[row]),
            Color = Array.ConvertAll(rows, row => Color[row]),
            Further = Further.Count == 0 ? Further : Further.ToDictionary(f => f.Key, f => Array.ConvertAll(rows, row => f.Value[row])),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Here<T>(T columns) => Files is null ? columns : throw NotHere();

    private static InvalidOperationException NotHere() => new("these stars are in files, which are read by tiles");

    private double[] Named(string name)
    {
        if (Further.TryGetValue(name, out var values))
            return values;
        var none = new double[Count];
        Array.Fill(none, double.NaN);
        return none;
    }
}
