using System.Globalization;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Pictures;

/// <summary>What the words below a chart of stars are made of: how its counts are related to those of the run or the dataset.</summary>
/// <param name="Stars">of the selection</param>
/// <param name="Placed">of these, with a place in the chart</param>
/// <param name="Needs">what a star has that has a place, in words</param>
/// <param name="Cell">the size of a cell of the density, in words</param>
/// <param name="Bars">what the bars of errors are; null = none are stored</param>
internal sealed record ChartFacts(long Stars, long Placed, string Needs, Func<(double X, double Y), string> Cell, string? Bars = null)
{
    /// <summary>Stars that the run analysed; null of a chart of no run.</summary>
    public long? Analysed { get; init; }

    /// <summary>What its stars are, where the others are in files: those that the run flags, or puts into clusters.</summary>
    public string? Alone { get; init; }

    /// <summary>A sentence on what its axes are; null = they say it.</summary>
    public string? Remark { get; init; }

    /// <summary>What lies outside the part that is shown; empty where nothing does.</summary>
    public string Outside(long inSight) =>
        Placed > inSight ? $"; {N(Placed - inSight)} more {(Placed - inSight == 1 ? "lies" : "lie")} outside this part" : "";

    /// <summary>Why other numbers of stars stand elsewhere; null where none do.</summary>
    public string? Counts()
    {
        if (Alone is not null)
            return $"Only {Alone} are drawn"
                + (Placed < Stars ? $", {N(Placed)} of {N(Stars)} that have {Needs} and a place in this chart" : "")
                + $": the other {N((Analysed ?? Stars) - Stars)} of the {N(Analysed ?? Stars)} stars that the run analysed are in its "
                + "catalogue's files, and what it says of them is in its result files.";
        var lacking =
            Placed < Stars
                ? $"{N(Placed)} of {N(Stars)} selected stars {(Placed == 1 ? "has" : "have")} {Needs} and a place in this chart, "
                    + $"{N(Stars - Placed)} {(Stars - Placed == 1 ? "is" : "are")} left out"
                : null;
        var analysed =
            Analysed is { } a && a != Placed ? $"the run analysed {N(a)}{(lacking is null ? $" of the {N(Stars)} selected" : "")}" : null;
        return (lacking, analysed) switch
        {
            (null, null) => null,
            ({ } some, null) => $"{some}.",
            (null, { } run) => $"{char.ToUpperInvariant(run[0])}{run[1..]}.",
            ({ } some, { } run) => $"{some}; {run}.",
        };
    }

    public static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Two digits, as sizes of cells are told.</summary>
    public static string Rough(double value)
    {
        var digits = value > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(value)), 0, 9) : 0;
        return Math.Round(value, digits).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Of a map of the sky.</summary>
    public static string OnSky(SkyProjection projection, (double X, double Y) cell)
    {
        if (projection.IsWholeSky)
            // Equal areas: the map is the whole sky's 41,253 square degrees.
            return $"{Rough(cell.X * cell.Y * 41_253 / (Math.PI * projection.Half.X * projection.Half.Y))} deg²";
        return cell.X >= 1 ? $"{Rough(cell.X)}° × {Rough(cell.Y)}°"
            : cell.X >= 1 / 60.0 ? $"{Rough(60 * cell.X)}′ × {Rough(60 * cell.Y)}′"
            : $"{Rough(3600 * cell.X)}″ × {Rough(3600 * cell.Y)}″";
    }
}
