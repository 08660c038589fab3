using System.Text.RegularExpressions;

namespace Almagest.Catalog.Mapping;

/// <summary>Which column of a table without a recognised position may hold half of it; only to propose it, never to take it.</summary>
internal static partial class PositionGuess
{
    /// <summary>The name of the likeliest column, null where none is likely.</summary>
    public static string? Of(IReadOnlyList<CatalogColumn> columns, string field)
    {
        var pattern = field == StarField.RaDeg ? Longitude() : Latitude();
        return columns
            .Where(c => c.Type is ColumnType.Double or ColumnType.Int64 or ColumnType.Text && pattern.IsMatch(c.Name))
            .Where(c =>
                c.Glance is not { } glance
                || double.IsNaN(glance.Minimum)
                || (
                    field == StarField.RaDeg
                        ? glance is { Minimum: >= -180, Maximum: <= 360 }
                        : glance is { Minimum: >= -90, Maximum: <= 90 }
                )
            )
            .OrderBy(c => c.Name.Contains("err", StringComparison.OrdinalIgnoreCase) ? 1 : 0)
            .ThenBy(c => c.Name.Length)
            .FirstOrDefault()
            ?.Name;
    }

    [GeneratedRegex(
        @"(^|[_.\- ]|[a-z](?=R))(ra|raj?2000|alpha|right_?asc\w*|lon|longitude)($|[_.\- 0-9(\[]|[A-Z])",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Longitude();

    [GeneratedRegex(
        @"(^|[_.\- ]|[a-z](?=D))(de|dec|decl|dej?2000|delta|declination|lat|latitude)($|[_.\- 0-9(\[]|[A-Z])",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Latitude();
}
