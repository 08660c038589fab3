using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>
/// The colours of charts. Densities that carry marks are grey: between each colour of a mark, the greys and the paper lies a difference
/// that usual eyes see as well as those without one kind of cones (CIEDE2000 of at least 20; the tests compute it by Machado et al. 2009).
/// Five colours are what that allows; after five clusters another shape begins.
/// </summary>
internal static class Palette
{
    /// <summary>Of groups on white.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["#4ca4ff", "#ffa608", "#aa007f", "#257413", "#3b0416"];

    /// <summary>Of the same groups on dark pages.</summary>
    public static IReadOnlyList<string> GroupsOnDark { get; } = ["#8bc6ff", "#dda5a5", "#ab31c9", "#288f05", "#fffc76"];

    /// <summary>Of flagged stars, on white and on dark pages.</summary>
    public const string Flag = "#d0342c",
        FlagOnDark = "#ff9a6b";

    /// <summary>Of selected stars, whose marks have a dark border, too.</summary>
    public static Rgb Selected { get; } = new(0xff, 0xd0, 0x00);

    /// <summary>The grey of one star in a cell, and of the fullest cell. Dark pages turn them over.</summary>
    private const int Fewest = 216,
        Most = 150;

    /// <summary>How far dark pages turn greys over: <c>filter: invert</c>.</summary>
    public const double InvertOnDark = 0.85;

    /// <param name="t">0 to 1</param>
    public static Rgb Grey(double t)
    {
        var level = (byte)Math.Round(Fewest + Math.Clamp(t, 0, 1) * (Most - Fewest));
        return new Rgb(level, level, level);
    }

    /// <summary>The class of a group's colour.</summary>
    public static string Group(int number) => "g" + Place(number, Groups.Count).ToString(CultureInfo.InvariantCulture);

    public static MarkShape Shape(int number) =>
        (MarkShape)Place((int)Math.Floor((double)number / Groups.Count), Enum.GetValues<MarkShape>().Length);

    private static int Place(int number, int count) => (number % count + count) % count;
}
