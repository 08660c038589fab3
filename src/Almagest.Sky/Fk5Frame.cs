namespace Almagest.Sky;

/// <summary>The frame of the fifth fundamental catalogue.</summary>
internal static class Fk5Frame
{
    /// <summary>From FK5 J2000 to ICRS: the frame tie of the IAU 2000 conventions, 22.9, 9.1 and 19.9 mas (USNO Circular 179, section
    /// 3.5).</summary>
    public static readonly Rotation ToIcrs = (
        Rotation.About('x', 19.9 * Constants.Milliarcsecond)
        * Rotation.About('y', 9.1 * Constants.Milliarcsecond)
        * Rotation.About('z', -22.9 * Constants.Milliarcsecond)
    ).Transposed;

    /// <summary>
    /// From the mean equator and equinox of J2000 to those of a Julian year: the precession of IAU 2006 (Capitaine, Wallace and Chapront
    /// 2003, A&amp;A 412, 567: ψ, ω, χ about the obliquity of J2000).
    /// </summary>
    public static Rotation PrecessionFromJ2000(double year)
    {
        var t = (year - 2000) / 100;
        const double Obliquity = 84381.406 * Constants.Arcsecond;
        var psi = t * (5038.481507 + t * (-1.0790069 + t * (-0.00114045 + t * (0.000132851 + t * -0.0000000951)))) * Constants.Arcsecond;
        var omega =
            Obliquity + t * (-0.025754 + t * (0.0512623 + t * (-0.00772503 + t * (-0.000000467 + t * 0.0000003337)))) * Constants.Arcsecond;
        var chi = t * (10.556403 + t * (-2.3814292 + t * (-0.00121197 + t * (0.000170663 + t * -0.0000000560)))) * Constants.Arcsecond;
        return Rotation.About('z', chi) * Rotation.About('x', -omega) * Rotation.About('z', -psi) * Rotation.About('x', Obliquity);
    }
}
