using System.Text;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>Words by which a line of names is told from a line of other words.</summary>
internal static class KnownNames
{
    private static readonly HashSet<string> s_names = FieldAliases
        .Positions.SelectMany(p => new[] { p.Ra, p.Dec })
        .Concat(FieldAliases.GalacticPositions.SelectMany(p => new[] { p.Longitude, p.Latitude }))
        .Concat(FieldAliases.ByField.Values.SelectMany(v => v))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name) => s_names.Contains(name);

    /// <summary>A mark of a missing value, which is no name.</summary>
    public static bool IsMissing(string field)
    {
        var text = Encoding.UTF8.GetBytes(field);
        return Cell.IsMissing(text) || Cell.IsMissingNumber(text) || field.Equals("inf", StringComparison.OrdinalIgnoreCase);
    }
}
