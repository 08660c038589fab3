using System.Globalization;
using Almagest.Sky;

namespace Almagest.Catalog.Mapping;

/// <summary>Which system the columns of a position are in.</summary>
/// <param name="System">null where the file names one that is not converted</param>
/// <param name="Unknown">that one's name</param>
/// <param name="RotatesMotions">the proper motions are of the same system as the position</param>
internal sealed record PositionChoice(PositionSystem? System, string? Unknown, bool RotatesMotions)
{
    public static PositionChoice Icrs { get; } = new(PositionSystem.Icrs, null, true);

    /// <summary>As the user says, as the file says, as the column's name or description says; else ICRS.</summary>
    public static PositionChoice Of(
        IReadOnlyList<CatalogColumn> columns,
        IReadOnlyDictionary<string, MappedField> fields,
        PositionSystem? chosen
    )
    {
        if (!fields.TryGetValue(StarField.RaDeg, out var ra) || !fields.TryGetValue(StarField.DecDeg, out var dec))
            return Icrs;
        var column = columns[ra.Columns[0]];
        var galactic = IsGalactic(column, columns[dec.Columns[0]]);
        var epoch = PositionSystem.ParseEpoch(column.System?.Epoch);
        var ownMotions =
            fields.GetValueOrDefault(StarField.PmraMasYr) is { } pm
                && FieldAliases.GalacticMotions.Any(m => m.Longitude.Equals(pm.ColumnNames[0], StringComparison.OrdinalIgnoreCase))
            || fields.GetValueOrDefault(StarField.PmraMasYr) is { } described
                && columns[described.Columns[0]].Ucd is { } ucd
                && ucd.Contains("galactic", StringComparison.OrdinalIgnoreCase);
        if (chosen is not null)
            return new PositionChoice(chosen with { Epoch = chosen.Epoch ?? epoch }, null, chosen.Frame != SkyFrame.Galactic || ownMotions);
        if (galactic)
            return new PositionChoice(new PositionSystem(SkyFrame.Galactic, 2000, epoch), null, ownMotions);
        if (column.System is { } declared)
        {
            var system = PositionSystem.Parse(declared.Name);
            // Equatorial columns of a table whose system is Galactic are not meant by it.
            if (system?.Frame == SkyFrame.Galactic)
                return new PositionChoice(PositionSystem.Icrs with { Epoch = epoch }, null, true);
            if (system is null)
                return new PositionChoice(null, $"{declared.Name} {declared.Equinox}".Trim(), true);
            return new PositionChoice(
                system with
                {
                    Equinox = system.Frame == SkyFrame.Icrs ? 2000 : PositionSystem.Year(declared.Equinox) ?? system.Equinox,
                    Epoch = epoch,
                },
                null,
                true
            );
        }
        return new PositionChoice(Named(column), null, true);
    }

    private static bool IsGalactic(CatalogColumn longitude, CatalogColumn latitude) =>
        (FieldAliases.IsGalactic(longitude.Ucd, false) && FieldAliases.IsGalactic(latitude.Ucd, true))
        || (
            longitude.Ucd is null
            && FieldAliases.GalacticPositions.Any(p =>
                p.Longitude.Equals(longitude.Name, StringComparison.OrdinalIgnoreCase)
                && p.Latitude.Equals(latitude.Name, StringComparison.OrdinalIgnoreCase)
            )
        );

    private static PositionSystem Named(CatalogColumn column)
    {
        var words = $"{column.Name} {column.Description}";
        foreach (var year in new[] { 1950, 1900, 1875, 1855 })
        {
            if (
                column.Name.EndsWith(year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                || words.Contains($"B{year}", StringComparison.OrdinalIgnoreCase)
            )
                return new PositionSystem(SkyFrame.Fk4, year);
        }
        return PositionSystem.Icrs;
    }
}
