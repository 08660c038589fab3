using Almagest.Contract.Runs;

namespace Almagest.Runs.Kinds;

/// <summary>Where the stars of a kind are, in words.</summary>
public static class KindPlaceWords
{
    // Some thirty stars drawn from anywhere have half of them within 51 degrees of their mean direction once in twenty times.
    private const double EverywhereDeg = 40;

    /// <summary>e.g. <c>all over the sky; magnitude 17.1, colour 3.96, parallax 20.98 mas</c></summary>
    public static string Of(KindPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var sky =
            place.MedianDistanceDeg > EverywhereDeg
                ? "all over the sky"
                : FormattableString.Invariant(
                    $"half of them within {place.MedianDistanceDeg:0.#}° of {place.RaDeg:0.##}, {place.DecDeg:+0.##;-0.##}"
                );
        var diagram = place is { Magnitude: { } magnitude, Color: { } color }
            ? FormattableString.Invariant($"; magnitude {magnitude:0.0}, colour {color:0.00}")
            : "";
        var parallax = place.ParallaxMas is { } mas ? FormattableString.Invariant($", parallax {mas:0.00} mas") : "";
        return sky + diagram + parallax;
    }
}
