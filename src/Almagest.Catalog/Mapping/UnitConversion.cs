using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Sky;

namespace Almagest.Catalog.Mapping;

/// <summary>How a column's unit becomes the unit of a star field.</summary>
/// <param name="Factor">value in the field's unit = value in the column × factor; for sexagesimal text, of its leading part</param>
/// <param name="Known">false where the unit is not one of the field's</param>
/// <param name="Note">what is done, for people; empty where nothing is</param>
internal readonly partial record struct UnitConversion(double Factor, bool Known, string Note)
{
    private static readonly UnitConversion s_asIs = new(1, true, "");

    /// <summary>A proper motion in right ascension that counts seconds of time: the angle on the sky is cos(dec) times it.</summary>
    public bool TimesCosDec { get; private init; }

    public static UnitConversion For(string field, string? unit)
    {
        var u = Normalise(unit);
        // No unit: what the field expects, which is what such tables hold.
        if (u.Length == 0)
            return s_asIs;
        var (scale, plain) = Scaled(u);
        var factor = field switch
        {
            StarField.RaDeg or StarField.DecDeg => Angle(plain),
            StarField.ParallaxMas or StarField.ParallaxErrorMas => Angle(plain) * 3.6e6,
            // Seconds of time and hours are of the right ascension without its cosine, and stand for other errors than these.
            StarField.RaError or StarField.DecError => plain.StartsWith('h') ? null : Angle(plain) * 3.6e6,
            StarField.PmraMasYr or StarField.PmraError => AngularSpeed(plain, time: true),
            StarField.PmdecMasYr or StarField.PmdecError => AngularSpeed(plain, time: false),
            StarField.Magnitude or StarField.Color => Magnitude(plain),
            StarField.PhotBpRpExcessFactor => Magnitude(plain) is null ? 1 : null,
            StarField.RadialVelocityKmS or StarField.RadialVelocityError => plain is "km/s" ? 1
            : plain is "m/s" ? 1e-3
            : plain is "cm/s" ? 1e-5
            : null,
            StarField.Epoch => plain is "yr" or "y" or "a" or "year" or "years" or "jyear" ? 1 : null,
            _ => plain is "%" or "percent" ? 0.01 : 1,
        };
        if (factor * scale is not { } known)
            return new UnitConversion(1, false, $"unit '{unit}' is not understood and was ignored");
        // Products such as (1/3.6e6) × 3.6e6 must not leave a last digit behind.
        var rounded = Math.Round(known, 12);
        if (Math.Abs(known - rounded) <= 1e-15 * Math.Abs(known))
            known = rounded;
        return known == 1
            ? s_asIs
            : new UnitConversion(known, true, $"converted from {unit!.Trim('"', '\'')}")
            {
                TimesCosDec = field is StarField.PmraMasYr or StarField.PmraError && plain.StartsWith("s/", StringComparison.Ordinal),
            };
    }

    /// <summary>Is it a unit, of whatever quantity, that tables are written in?</summary>
    public static bool IsUnit(string text)
    {
        if (text.Length is 0 or > 40 || (char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiDigit(c) || c == '.')))
            return false;
        var (_, plain) = Scaled(Normalise(text));
        return Angle(plain) is not null && plain != "d"
            || AngularSpeed(plain, time: true) is not null
            || (Magnitude(plain) is not null && plain.Length <= 12)
            || Other().IsMatch(plain);
    }

    /// <summary>The unit of text such as <c>06:45:08.9</c> in a right ascension: degrees where the table says so, else hours.</summary>
    public static bool SexagesimalInDegrees(string? unit) => Normalise(unit) is "deg" or "d:m:s" or "dms" or "degree" or "degrees";

    private static string Normalise(string? unit)
    {
        if (unit is null)
            return "";
        var u = unit.Trim().Trim('"', '\'').ToLowerInvariant().Replace("**", "", StringComparison.Ordinal);
        // The first Gaia archive wrote the kind of quantity before the unit: Angle[deg], Angular Velocity[mas/year].
        if (Quantity().Match(u) is { Success: true } quantity)
            u = quantity.Groups[1].Value;
        u = string.Concat(u.Where(c => c is not (' ' or '^' or '[' or ']' or '(' or ')' or '{' or '}' or '$' or '\\')));
        u = u.Replace('−', '-').Replace('*', '.').Replace("_per_", "/", StringComparison.Ordinal);
        u = YearBelow().Replace(u, "/yr");
        u = SecondBelow().Replace(u, "/s");
        u = u.Replace("//", "/", StringComparison.Ordinal);
        return u is "-" or "--" or "---" or "none" or "null" or "unitless" or "" ? "" : u;
    }

    /// <summary>A number before the unit is a factor: <c>0.1mas/yr</c>, <c>10-3mag</c> (a power), <c>1e-3arcsec</c>.</summary>
    private static (double Scale, string Unit) Scaled(string u)
    {
        if (Power().Match(u) is { Success: true } power)
            return (Math.Pow(10, int.Parse(power.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), power.Groups[2].Value);
        if (
            Number().Match(u) is { Success: true } number
            && double.TryParse(number.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale)
            && scale > 0
            && double.IsFinite(scale)
        )
            return (scale, number.Groups[2].Value);
        return (1, u);
    }

    /// <summary>Degrees in one such unit.</summary>
    private static double? Angle(string u) =>
        u switch
        {
            "deg" or "degree" or "degrees" or "degs" or "d" or "°" or "d:m:s" or "dms" => 1,
            "h" or "hr" or "hrs" or "hour" or "hours" or "hourangle" or "h:m:s" or "hms" => 15,
            "rad" or "radian" or "radians" => 1 / Constants.Degree,
            "mrad" => 1e-3 / Constants.Degree,
            "arcmin" or "arcminute" or "arcminutes" or "amin" => 1 / 60.0,
            "arcsec" or "arcsecs" or "arcsecond" or "arcseconds" or "as" or "asec" or "sec.ofarc" => 1 / Constants.ArcsecondsPerDegree,
            "mas" or "marcsec" or "milliarcsec" or "milliarcsecs" or "milliarcsecond" or "milliarcseconds" => 1 / 3.6e6,
            "uas" or "µas" or "μas" or "microarcsec" or "microarcsecond" or "microarcseconds" or "uarcsec" => 1 / 3.6e9,
            "mdeg" => 1e-3,
            _ => null,
        };

    private static double? AngularSpeed(string u, bool time)
    {
        var slash = u.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return null;
        double? perYear = u[(slash + 1)..] switch
        {
            "yr" or "y" or "year" => 1,
            "cy" or "cyr" or "century" or "cent" or "ha" => 0.01,
            _ => null,
        };
        var angle = u[..slash];
        // Seconds of time make sense along the right ascension only.
        if (angle is "s" or "sec")
            return time ? 15_000 * perYear : null;
        return angle is "h" or "hr" or "hms" or "h:m:s" or "d" or "dms" or "d:m:s" ? null : Angle(angle) * 3.6e6 * perYear;
    }

    private static double? Magnitude(string u) =>
        u switch
        {
            "mmag" or "millimag" => 1e-3,
            "cmag" => 1e-2,
            _ when u.StartsWith("mag", StringComparison.Ordinal) => 1,
            _ => null,
        };

    [GeneratedRegex(
        @"^(?:angle|angular velocity|velocity|time|magnitude|length|temperature|flux|frequency|dimensionless|misc|mass|luminosity)"
            + @"\s*\[([^\]]*)\]$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Quantity();

    [GeneratedRegex(@"(?:\.?(?:year|yr|jyr|a)-1|/(?:jyear|year|years|jyr|a))$", RegexOptions.CultureInvariant)]
    private static partial Regex YearBelow();

    [GeneratedRegex(@"(?:\.?(?:sec|s)-1|/(?:second|seconds|sec))$", RegexOptions.CultureInvariant)]
    private static partial Regex SecondBelow();

    [GeneratedRegex(@"^10([+-][0-9]{1,2})\.?([a-zµμ].*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Power();

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]{1,2})?|\.[0-9]+)\.?([a-zµμ].*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^(?:[kmg]?pc|ly|au|yr|y|a|myr|gyr|years?|days?|d|jd|mjd|bjd|tdb|hjd|k|[mk]?ev|mjy|jy|ujy|µjy|nmgy|maggy|[uµn]m|"
            + @"nm|mm|cm|angstroms?|aa|"
            + @"[mkg]?hz|km/s|m/s|cm/s|cm/s2|m/s2|dex|\[?sun\]?|msun|rsun|lsun|solmass|solrad|sollum|adu|ct|counts?|electrons?|e-?/s|e-|"
            + @"electron/s|'?electron'?\.?/s|counts?/s|pix|pixels?|%|percent|s|sec|min|ms|us|w/m2|erg/.*|1/.*|chan|bins?|---|yr-1)$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Other();
}
