using Almagest.Sky;

namespace Almagest.Catalog.Mapping;

/// <summary>How a column's unit becomes the unit of a star field.</summary>
/// <param name="Factor">value in the field's unit = value in the column × factor; for sexagesimal text, of its leading part</param>
/// <param name="Known">false where the unit is not one of the field's</param>
/// <param name="Note">what is done, for people; empty where nothing is</param>
internal readonly record struct UnitConversion(double Factor, bool Known, string Note)
{
    private static readonly UnitConversion s_asIs = new(1, true, "");

    public static UnitConversion For(string field, string? unit)
    {
        var u = Normalise(unit);
        // No unit: what the field expects, which is what such tables hold.
        if (u.Length == 0)
            return s_asIs;
        var factor = field switch
        {
            StarField.RaDeg or StarField.DecDeg => Angle(u),
            StarField.ParallaxMas or StarField.ParallaxErrorMas => Angle(u) * 3.6e6,
            StarField.PmraMasYr or StarField.PmdecMasYr => AngularSpeed(u),
            StarField.Magnitude or StarField.Color => Magnitude(u),
            StarField.RadialVelocityKmS => u is "km/s" ? 1
            : u is "m/s" ? 1e-3
            : u is "cm/s" ? 1e-5
            : null,
            StarField.Epoch => u is "yr" or "y" or "a" or "year" or "years" or "jyear" ? 1 : null,
            _ => 1,
        };
        if (factor is not { } known)
            return new UnitConversion(1, false, $"unit '{unit}' is not understood and was ignored");
        // Products such as (1/3.6e6) × 3.6e6 must not leave a last digit behind.
        var rounded = Math.Round(known, 12);
        if (Math.Abs(known - rounded) <= 1e-15 * Math.Abs(known))
            known = rounded;
        return known == 1 ? s_asIs with { Note = "" } : new UnitConversion(known, true, $"converted from {unit!.Trim('"', '\'')}");
    }

    /// <summary>The unit of text such as <c>06:45:08.9</c> in a right ascension: degrees where the table says so, else hours.</summary>
    public static bool SexagesimalInDegrees(string? unit) => Normalise(unit) is "deg" or "d:m:s" or "dms" or "degree" or "degrees";

    private static string Normalise(string? unit)
    {
        if (unit is null)
            return "";
        var u = unit.Trim().Trim('"', '\'').ToLowerInvariant().Replace("**", "", StringComparison.Ordinal);
        u = string.Concat(u.Where(c => c is not (' ' or '^' or '[' or ']' or '(' or ')')));
        u = u.Replace(".yr-1", "/yr", StringComparison.Ordinal)
            .Replace("yr-1", "/yr", StringComparison.Ordinal)
            .Replace("/year", "/yr", StringComparison.Ordinal)
            .Replace("/a", "/yr", StringComparison.Ordinal)
            .Replace(".s-1", "/s", StringComparison.Ordinal)
            .Replace("s-1", "/s", StringComparison.Ordinal)
            .Replace("/sec", "/s", StringComparison.Ordinal)
            .Replace("//", "/", StringComparison.Ordinal);
        return u is "-" or "--" or "none" or "null" ? "" : u;
    }

    /// <summary>Degrees in one such unit.</summary>
    private static double? Angle(string u) =>
        u switch
        {
            "deg" or "degree" or "degrees" or "d" or "°" or "d:m:s" or "dms" => 1,
            "h" or "hr" or "hour" or "hours" or "hourangle" or "h:m:s" or "hms" => 15,
            "rad" or "radian" or "radians" => 1 / Constants.Degree,
            "arcmin" => 1 / 60.0,
            "arcsec" or "arcsecond" or "arcseconds" or "as" => 1 / Constants.ArcsecondsPerDegree,
            "mas" or "milliarcsec" or "milliarcsecond" or "milliarcseconds" => 1 / 3.6e6,
            "uas" or "µas" or "microarcsec" => 1 / 3.6e9,
            _ => null,
        };

    private static double? AngularSpeed(string u)
    {
        var slash = u.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return null;
        double? perYear = u[(slash + 1)..] switch
        {
            "yr" or "y" or "year" => 1,
            "cy" or "century" => 0.01,
            _ => null,
        };
        return u[..slash] is "h" or "h:m:s" ? null : Angle(u[..slash]) * 3.6e6 * perYear;
    }

    private static double? Magnitude(string u) =>
        u switch
        {
            "mmag" or "0.001mag" => 1e-3,
            "0.01mag" or "cmag" => 1e-2,
            _ when u.StartsWith("mag", StringComparison.Ordinal) => 1,
            _ => null,
        };
}
