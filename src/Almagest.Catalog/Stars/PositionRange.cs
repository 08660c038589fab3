using Almagest.Catalog.Mapping;
using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>Which numbers are places on the sky, and the same place as it is stored: right ascensions from 0 to below 360, declinations
/// from -90 to 90 degrees.</summary>
internal readonly struct PositionRange(ColumnMapping mapping)
{
    /// <summary>Degrees beyond a limit that arithmetic may leave: 3.6 µas, which no catalogue resolves, and ten thousand times what
    /// numbers of 64 bits are rounded by.</summary>
    private const double Rounding = 1e-9;

    private readonly bool _fromMinus180 = mapping.RaFrom == -180;

    // Galactic longitudes are counted either way.
    private readonly bool _eitherWay = mapping.RaFrom is null && mapping.System is { Frame: SkyFrame.Galactic };

    /// <summary>Does it contradict that they run from -180 to 180?</summary>
    public bool IsBeyondHalf(double ra) => _fromMinus180 && ra is > 180 + Rounding and <= 360 + Rounding;

    /// <summary>The same place from 0 to below 360; what is none stays as it is.</summary>
    public double RightAscension(double ra)
    {
        if (ra < 0 && ra >= (_fromMinus180 || _eitherWay ? -180 - Rounding : -Rounding))
            ra += 360;
        else if (ra is > 360 and <= 360 + Rounding)
            ra -= 360;
        // Of a tiny negative number nothing is left in 360; and -0 is 0.
        return ra is 360 or 0 ? 0 : ra;
    }

    public static double Declination(double dec) =>
        dec switch
        {
            > 90 and <= 90 + Rounding => 90,
            < -90 and >= -90 - Rounding => -90,
            _ => dec,
        };

    public override string ToString() => _fromMinus180 ? "[-180, 180]" : "[0, 360)";
}
