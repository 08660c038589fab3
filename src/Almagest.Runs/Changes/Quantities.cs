using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Runs.Changes;

/// <summary>The stars of two datasets side by side, and how what both measured differs.</summary>
/// <param name="Stars1">of dataset 1, all of them</param>
/// <param name="Rows1">of each pair the row in <paramref name="Stars1"/></param>
/// <param name="Years">from the epoch of dataset 1 to that of dataset 2; 0 where they are the same, NaN where one is not known</param>
internal sealed record SideBySide(StarColumns Stars1, StarColumns Stars2, int[] Rows1, int[] Rows2, double Years)
{
    /// <summary>The numbers beside the usual ones that are compared, or needed for it.</summary>
    public static readonly string[] Further =
    [
        "ra_error",
        "dec_error",
        "parallax_error_mas",
        "pmra_error",
        "pmdec_error",
        "ra_pmra_corr",
        "dec_pmdec_corr",
        "radial_velocity_km_s",
        "radial_velocity_error",
        "ruwe",
    ];

    public int Pairs => Rows1.Length;

    /// <summary>Whether positions are carried before they are compared.</summary>
    public bool IsCarried => !double.IsNaN(Years) && Years != 0;
}

/// <summary>A difference, second less first, with what is known of its error; NaN = not known.</summary>
/// <param name="Combined">error of the difference, were the two measurements independent</param>
internal readonly record struct Difference(double Value, double Error1, double Error2, double Combined)
{
    public static Difference None { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN);

    public static Difference Of(double first, double second, double error1, double error2) =>
        new(second - first, error1, error2, Math.Sqrt(error1 * error1 + error2 * error2));

    public double Sigmas => Error1 > 0 && Error2 > 0 ? Value / Combined : double.NaN;
}

/// <summary>One thing that two catalogues measured of a star.</summary>
/// <param name="Name">the star's column; ra and dec are along the sky, mas</param>
/// <param name="Unit">null = a number without one</param>
/// <param name="Has1">whether a pair's first star has it</param>
internal sealed record Quantity(
    string Name,
    string? Unit,
    Func<SideBySide, int, bool> Has1,
    Func<SideBySide, int, bool> Has2,
    Func<SideBySide, int, Difference> Of
)
{
    public static readonly IReadOnlyList<Quantity> All =
    [
        new("ra", "mas", (_, _) => true, (_, _) => true, (s, i) => Position(s, i, east: true)),
        new("dec", "mas", (_, _) => true, (_, _) => true, (s, i) => Position(s, i, east: false)),
        Usual("parallax_mas", "mas", s => s.ParallaxMas, "parallax_error_mas"),
        Usual("pmra_mas_yr", "mas/yr", s => s.PmraMasYr, "pmra_error"),
        Usual("pmdec_mas_yr", "mas/yr", s => s.PmdecMasYr, "pmdec_error"),
        Usual("radial_velocity_km_s", "km/s", s => s.Further["radial_velocity_km_s"], "radial_velocity_error"),
        Usual("magnitude", "mag", s => s.Magnitude, null),
        Usual("color", "mag", s => s.Color, null),
        Usual("ruwe", null, s => s.Further["ruwe"], null),
    ];

    private static Quantity Usual(string name, string? unit, Func<StarColumns, double[]> values, string? error) =>
        new(
            name,
            unit,
            (s, i) => !double.IsNaN(values(s.Stars1)[s.Rows1[i]]),
            (s, i) => !double.IsNaN(values(s.Stars2)[s.Rows2[i]]),
            (s, i) =>
                Difference.Of(
                    values(s.Stars1)[s.Rows1[i]],
                    values(s.Stars2)[s.Rows2[i]],
                    error is null ? double.NaN : s.Stars1.Further[error][s.Rows1[i]],
                    error is null ? double.NaN : s.Stars2.Further[error][s.Rows2[i]]
                )
        );

    /// <summary>Along the sky, at the epoch of dataset 2. A star without a proper motion in either catalogue has none where the epochs
    /// differ: nobody can tell whether it moved.</summary>
    private static Difference Position(SideBySide s, int pair, bool east)
    {
        var (a, b, row1, row2) = (s.Stars1, s.Stars2, s.Rows1[pair], s.Rows2[pair]);
        var (ra, dec) = (a.RaDeg[row1], a.DecDeg[row1]);
        var (coordinate, motion, correlation) = east
            ? ("ra_error", "pmra_error", "ra_pmra_corr")
            : ("dec_error", "pmdec_error", "dec_pmdec_corr");
        var error1 = a.Further[coordinate][row1];
        if (s.IsCarried)
        {
            var (stars, row) = double.IsNaN(a.PmraMasYr[row1]) || double.IsNaN(a.PmdecMasYr[row1]) ? (b, row2) : (a, row1);
            var (pmra, pmdec) = (stars.PmraMasYr[row], stars.PmdecMasYr[row]);
            if (double.IsNaN(pmra) || double.IsNaN(pmdec))
                return Difference.None;
            (ra, dec, _, _, _, _) = SpaceMotion.Propagate(
                ra,
                dec,
                pmra,
                pmdec,
                stars.ParallaxMas[row],
                stars.Further["radial_velocity_km_s"][row],
                s.Years
            );
            var spread = s.Years * stars.Further[motion][row];
            var joint = ReferenceEquals(stars, a) ? stars.Further[correlation][row] : 0;
            error1 = Math.Sqrt(Math.Max(0, error1 * error1 + spread * spread + 2 * error1 * spread * (double.IsNaN(joint) ? 0 : joint)));
        }
        var triad = NormalTriad.At(ra, dec);
        var moved = SkyCoordinates.ToUnitVector(b.RaDeg[row2], b.DecDeg[row2]) - triad.Outward;
        var error2 = b.Further[coordinate][row2];
        return new Difference(
            moved.Dot(east ? triad.East : triad.North) / Constants.Milliarcsecond,
            error1,
            error2,
            Math.Sqrt(error1 * error1 + error2 * error2)
        );
    }
}
