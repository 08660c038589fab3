using System.Text.RegularExpressions;

namespace Almagest.Catalog.Mapping;

/// <summary>Units that a column's name carries: <c>ra [deg]</c>, <c>RA (h)</c>, <c>ra_hours</c>.</summary>
internal static partial class UnitNames
{
    /// <summary>The column with its unit out of the brackets behind its name; as it is where there is no such unit.</summary>
    public static CatalogColumn Split(CatalogColumn column)
    {
        if (column.Unit is not null)
            return column;
        var name = column.Name;
        if (name.Length is < 4 or > 200 || name[^1] is not (']' or ')' or '}'))
            return column;
        return Bracketed().Match(name) is { Success: true } m && UnitConversion.IsUnit(m.Groups["unit"].Value)
            ? column with
            {
                Name = m.Groups["name"].Value,
                Unit = m.Groups["unit"].Value,
            }
            : column;
    }

    /// <summary>The unit that the last word of the name of a position says, else null.</summary>
    public static string? OfPosition(string name) =>
        Hours().IsMatch(name) ? "hours"
        : Radians().IsMatch(name) ? "rad"
        : null;

    /// <summary>Whether the name of a position says that it is in degrees, as <c>RAdeg</c> of the tables of CDS does.</summary>
    public static bool SaysDegrees(string name) => Degrees().IsMatch(name);

    [GeneratedRegex(
        @"^(ra|raj?2000|ra_?j2000|ra_?icrs|right_?ascension|alpha)[_. -]?(deg|degs|degree|degrees)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Degrees();

    [GeneratedRegex(
        @"^(?<name>[^\[\](){}]*[^\[\](){}\s_,:/])[\s_,:/]*[\[({]\s*(?<unit>[^\[\]{}]+?)\s*[\])}]$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Bracketed();

    [GeneratedRegex(
        @"^(ra|raj?2000|ra_?j2000|ra_?icrs|right_?ascension|alpha)[_. -]?(h|hr|hrs|hour|hours)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Hours();

    [GeneratedRegex(
        @"^(ra|de|dec|raj?2000|dej?2000|decj?2000|alpha|delta)[_. -]?(rad|radians?)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Radians();
}
