namespace Almagest.Discovery.Simulation;

/// <summary>
/// The main sequence and the white dwarfs in Gaia's bands, from the tables of Pecaut and Mamajek (2013, ApJS 208, 9; online
/// version) and the 100 pc sample of Gaia Collaboration (2021, A&amp;A 649, A6), rounded.
/// </summary>
internal static class MainSequence
{
    public const double Brightest = -2.5;

    public const double Faintest = 15;

    private static readonly double[] s_magnitude =
    [
        -2.5,
        -1.0,
        0.0,
        1.0,
        1.9,
        2.5,
        3.3,
        4.2,
        4.7,
        5.5,
        6.2,
        7.0,
        8.2,
        9.3,
        10.3,
        11.4,
        13.0,
        14.4,
        15.5,
    ];
    private static readonly double[] s_colour =
    [
        -0.30,
        -0.20,
        -0.10,
        0.02,
        0.25,
        0.42,
        0.60,
        0.78,
        0.85,
        1.00,
        1.18,
        1.42,
        1.82,
        2.12,
        2.42,
        2.78,
        3.30,
        3.85,
        4.40,
    ];

    // Stars per 1000 pc³ and magnitude near the Sun.
    private static readonly double[] s_densityMagnitude = [-2.5, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    private static readonly double[] s_densityValue =
    [
        0.003,
        0.02,
        0.1,
        0.3,
        0.7,
        1.3,
        2.2,
        3.0,
        3.1,
        3.2,
        4.0,
        5.5,
        8.0,
        9.0,
        7.5,
        5.5,
        4.0,
        3.0,
    ];

    private static readonly double[] s_dwarfMagnitude = [10.2, 11.9, 13.3, 14.4, 15.0];
    private static readonly double[] s_dwarfColour = [-0.45, 0.0, 0.5, 1.0, 1.3];

    /// <summary>BP-RP of a main-sequence star by its absolute magnitude.</summary>
    public static double ColourAt(double absoluteMag) => Interpolate(s_magnitude, s_colour, absoluteMag);

    /// <summary>Main-sequence stars per 1000 pc³ and magnitude.</summary>
    public static double DensityAt(double absoluteMag) => Interpolate(s_densityMagnitude, s_densityValue, absoluteMag);

    /// <summary>BP-RP of a white dwarf by its absolute magnitude, 10.2 … 15.</summary>
    public static double WhiteDwarfColourAt(double absoluteMag) => Interpolate(s_dwarfMagnitude, s_dwarfColour, absoluteMag);

    /// <summary>Linear between the knots, level beyond them.</summary>
    private static double Interpolate(double[] x, double[] y, double at)
    {
        var i = Array.BinarySearch(x, at);
        if (i >= 0)
            return y[i];
        i = ~i;
        if (i == 0)
            return y[0];
        if (i == x.Length)
            return y[^1];
        return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (x[i] - x[i - 1]);
    }
}
