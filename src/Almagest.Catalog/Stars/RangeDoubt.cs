using System.Globalization;
using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>
/// Right ascensions below 0, and none above 180, may be counted from -180 to 180. Half of a sky would be left out; so it is not loaded
/// before that is said. A single row below 0 is rather a mistake in that row.
/// </summary>
internal sealed class RangeDoubt(ColumnMapping mapping)
{
    /// <summary>Fewer rows below 0 than one in so many are mistakes in these rows.</summary>
    private const int Many = 100;

    private readonly bool _asks = mapping.RaFrom is null;
    private long _stars,
        _belowZero;
    private bool _above180;

    public void Add(StarBatch stars)
    {
        _stars += stars.Count;
        _belowZero += stars.BelowZero;
        _above180 = _above180 || (_asks && Array.Exists(stars.RaDeg, ra => ra > 180));
    }

    private bool MayRunFromMinus180 => _asks && _belowZero > 0 && !_above180;

    private string Column => mapping[StarField.RaDeg]!.Formula;

    private string Found =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_belowZero:N0} of {_stars + _belowZero:N0} right ascensions in '{Column}' are from -180 to below 0 degrees, and none is "
                + $"above 180: "
        );

    /// <summary>What to tell of rows that were left out; null where there is no doubt.</summary>
    public string? Remark => MayRunFromMinus180 ? Found + "do they run from -180 to 180? Rows below 0 were rejected." : null;

    /// <summary>Why the rows below 0 are hardly mistakes; null where they may be.</summary>
    public string? Doubt =>
        MayRunFromMinus180 && (_stars == 0 || (_belowZero > 1 && _belowZero * Many >= _stars + _belowZero))
            ? Found + "they may run from -180 to 180. Say whether they do."
            : null;

    /// <exception cref="CatalogFormatException">they may run from -180 to 180</exception>
    public void Judge()
    {
        if (Doubt is { } doubt)
            throw Refusal(doubt, mapping);
    }

    /// <summary>What speaks against that they run from -180 to 180, as was said; null where nothing does.</summary>
    /// <param name="place">of <see cref="StarBatch.BeyondHalf"/></param>
    public static string? Contradiction(ColumnMapping mapping, StarBatch stars, (string? File, long Line)? place) =>
        stars.BeyondHalf is { } beyond
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The right ascension in '{mapping[StarField.RaDeg]!.Formula}' on line {place?.Line ?? beyond.Line}"
                    + $"{(place?.File is { } file ? $" of {file}" : "")} is {beyond.Degrees:R} degrees, where they were said to run from "
                    + $"-180 to 180."
            )
            : null;

    /// <exception cref="CatalogFormatException">a right ascension is above 180</exception>
    public static void Refuse(ColumnMapping mapping, StarBatch stars, (string? File, long Line) place)
    {
        if (Contradiction(mapping, stars, place) is { } contradiction)
            throw Refusal(contradiction, mapping);
    }

    private static CatalogFormatException Refusal(string message, ColumnMapping mapping) =>
        new(message)
        {
            Code = CatalogFormatException.PositionRangeUnknown,
            Facts = new Dictionary<string, object?> { ["column"] = mapping[StarField.RaDeg]!.Formula, ["ra_from"] = mapping.RaFrom },
        };
}
