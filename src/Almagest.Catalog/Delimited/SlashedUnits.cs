using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Delimited;

/// <summary>Units behind a slash in a heading, as people label axes: <c>plx/mas</c>, <c>pmRA / mas/yr</c>. Taken for such only where what
/// is before the slash is the name of a quantity of stars and what is behind it a unit: <c>BP/RP</c> and <c>count/s</c> are
/// names.</summary>
internal static class SlashedUnits
{
    /// <summary>Splits such headings of columns without a unit.</summary>
    /// <returns>what to say of it; null where there is none</returns>
    public static string? Split(TextColumn[] columns)
    {
        var said = new List<string>();
        for (var i = 0; i < columns.Length; i++)
        {
            var (heading, slash) = (columns[i].Name, columns[i].Name.IndexOf('/', StringComparison.Ordinal));
            if (slash <= 0 || columns[i].Unit is not null)
                continue;
            var (name, unit) = (heading[..slash].Trim(), heading[(slash + 1)..].Trim());
            if (!KnownNames.Contains(name) || !UnitConversion.IsUnit(unit) || columns.Any(c => c.Name == name))
                continue;
            columns[i] = columns[i] with { Name = name, Unit = unit };
            said.Add($"'{RejectedRow.Clip(heading)}' as {name} in {unit}");
        }
        return said.Count == 0 ? null : $"Units were read out of headings: {string.Join(", ", said)}.";
    }
}
