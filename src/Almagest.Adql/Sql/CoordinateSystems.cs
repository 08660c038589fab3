using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <summary>Systems of coordinates as ADQL 2.0 and STC-S name them.</summary>
internal static class CoordinateSystems
{
    // Where the origin lies, and that there are two coordinates: it changes no direction by more than catalogues do.
    private static readonly HashSet<string> s_flavours = new(
        [
            "GEOCENTER",
            "BARYCENTER",
            "HELIOCENTER",
            "TOPOCENTER",
            "GALACTIC_CENTER",
            "LOCAL_GROUP_CENTER",
            "MOON",
            "EMBARYCENTER",
            "LSR",
            "LSRD",
            "LSRK",
            "RELOCATABLE",
            "UNKNOWNREFPOS",
            "DEFAULT",
            "SPHERICAL2",
            "CARTESIAN1",
            "CARTESIAN2",
            "CARTESIAN3",
            "UNITSPHERICAL",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    public static bool IsFlavour(string word) => s_flavours.Contains(word);

    /// <summary>What leads from a system to ICRS; null where it is ICRS, or the service's own.</summary>
    /// <exception cref="SyntaxException">the system is not known</exception>
    public static FrameConversion? Conversion(string system, int offset) =>
        Find(system) is { } found
            ? found == PositionSystem.Icrs
                ? null
                : new FrameConversion(found)
            : throw Unknown(system, offset);

    /// <summary>A system; null where it is not known. FK5 of J2000 is taken as ICRS: they differ by 0.032 arc seconds at most.</summary>
    public static PositionSystem? Find(string system)
    {
        var words = system.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(w => !IsFlavour(w)).ToArray();
        var name = string.Join(' ', words).ToUpperInvariant();
        if (name is "" or "UNKNOWNFRAME" or "UNKNOWN")
            return PositionSystem.Icrs;
        var found = PositionSystem.Parse(name is "GALACTIC_II" ? "GALACTIC" : name);
        return found is { Frame: SkyFrame.Fk5, Equinox: 2000 } ? PositionSystem.Icrs : found;
    }

    public static SyntaxException Unknown(string system, int offset) =>
        new(offset, $"the coordinate system '{system}' is not known here: there are ICRS, FK5 (J2000), FK4 (B1950) and GALACTIC");
}
