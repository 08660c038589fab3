using System.Globalization;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Pictures;

/// <summary>A chart of stars on a page: what it shows now, and in words how much of it.</summary>
/// <param name="marked">what marked stars are called: flagged stars, members</param>
/// <param name="start">the part that it begins with; null = the whole</param>
/// <param name="within">ids of the stars in a part of the plane, ascending; null = none can be selected</param>
public sealed class ScatterChart(
    Func<ChartWindow?, (string Svg, StarLayer.Drawn Drawn)> draw,
    string marked,
    ChartWindow? start = null,
    Func<ChartWindow, long[]>? within = null
)
{
    private StarLayer.Drawn _drawn;

    public string? Svg { get; private set; }

    /// <summary>E.g. <c>3,000 of 6,981 members</c>, where not all that are in sight are drawn; null where they are.</summary>
    public string? Sampled =>
        _drawn.MarksDrawn < _drawn.MarksInSight
            ? string.Create(CultureInfo.InvariantCulture, $"{_drawn.MarksDrawn:N0} of {_drawn.MarksInSight:N0} {marked}")
            : null;

    public string Note
    {
        get
        {
            var stars = string.Create(
                CultureInfo.InvariantCulture,
                $"{_drawn.InSight:N0} {(_drawn.InSight == 1 ? "star" : "stars")} in sight"
            );
            var how = _drawn.OneByOne ? ", each drawn." : ": their density in colour, on a logarithmic scale; closer in, single stars.";
            return stars + how + (Sampled is { } part ? $" {part} are drawn; closer in, all." : "");
        }
    }

    /// <summary>Ids of all stars in a part of the plane, ascending.</summary>
    public long[] Within(ChartWindow window) => within?.Invoke(window) ?? [];

    /// <summary>Draws another part; null = the one that it began with.</summary>
    public ScatterChart Show(ChartWindow? window)
    {
        (Svg, _drawn) = draw(window ?? start);
        return this;
    }
}
