using System.Globalization;

namespace Almagest.Sky;

/// <summary>In which system, and for which moment, positions are given.</summary>
/// <param name="Frame">the system</param>
/// <param name="Equinox">of FK5 a Julian, of FK4 a Besselian year; means nothing in the others</param>
/// <param name="Epoch">the Julian year for which the positions hold; null where it is not known, or differs from star to star</param>
public sealed record PositionSystem(SkyFrame Frame, double Equinox, double? Epoch = null)
{
    public static PositionSystem Icrs { get; } = new(SkyFrame.Icrs, 2000);

    /// <summary>How users write it: <c>icrs</c>, <c>galactic</c>, <c>fk5</c>, <c>fk4</c>, <c>j2000</c>, <c>b1950</c>, <c>fk5:J1975</c>,
    /// <c>fk4:B1900</c>.</summary>
    /// <returns>null where it is none of these</returns>
    public static PositionSystem? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim()
            .ToLowerInvariant()
            .Split([':', ' ', '/'], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            return null;
        var system = parts[0] switch
        {
            "icrs" or "icrf" or "gcrs" => Icrs,
            "galactic" or "gal" => new PositionSystem(SkyFrame.Galactic, 2000),
            "fk5" or "eq_fk5" or "j2000" or "j2000.0" => new PositionSystem(SkyFrame.Fk5, 2000),
            "fk4" or "eq_fk4" or "b1950" or "b1950.0" => new PositionSystem(SkyFrame.Fk4, 1950),
            _ => null,
        };
        if (system is null || parts.Length == 1)
            return system;
        return system.Frame is SkyFrame.Fk4 or SkyFrame.Fk5 && Year(parts[1]) is { } year ? system with { Equinox = year } : null;
    }

    /// <summary>A year written as <c>J2016.0</c>, <c>B1950</c> or <c>1991.25</c>; between 1600 and 2200; else null.</summary>
    public static double? Year(string? text)
    {
        if (text is null)
            return null;
        var number = text.Trim().TrimStart('J', 'B', 'j', 'b', 'E').TrimEnd('.');
        return
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var year)
            && year is >= 1600 and <= 2200
            ? year
            : null;
    }

    /// <summary>A Julian year of <c>J2016.0</c> or <c>2016.0</c>; of <c>B1950</c> the Julian year of that moment; of <c>JD2451545</c> or
    /// <c>MJD51544.5</c> too.</summary>
    public static double? ParseEpoch(string? text)
    {
        if (text is null)
            return null;
        var trimmed = text.Trim().ToUpperInvariant();
        if (trimmed.StartsWith('B'))
            return Year(trimmed) is { } besselian ? BesselianToJulian(besselian) : null;
        var mjd = trimmed.StartsWith("MJD", StringComparison.Ordinal);
        if (
            (mjd || trimmed.StartsWith("JD", StringComparison.Ordinal))
            && double.TryParse(trimmed[(mjd ? 3 : 2)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var day)
        )
            return 2000 + (day + (mjd ? 2400000.5 : 0) - Constants.J2000JulianDate) / Constants.JulianYearDays;
        return Year(trimmed);
    }

    /// <summary>The Julian date at which a Besselian year begins, as a Julian year (Lieske 1979, A&amp;A 73, 282).</summary>
    public static double BesselianToJulian(double year) =>
        2000 + (2415020.31352 + (year - 1900) * 365.242198781 - Constants.J2000JulianDate) / Constants.JulianYearDays;

    /// <summary><c>ICRS</c>, <c>FK5 J2000</c>, <c>FK4 B1950</c>, <c>Galactic</c>.</summary>
    public override string ToString() =>
        Frame switch
        {
            SkyFrame.Fk5 => string.Create(CultureInfo.InvariantCulture, $"FK5 J{Equinox:0.####}"),
            SkyFrame.Fk4 => string.Create(CultureInfo.InvariantCulture, $"FK4 B{Equinox:0.####}"),
            SkyFrame.Galactic => "Galactic",
            _ => "ICRS",
        };
}
