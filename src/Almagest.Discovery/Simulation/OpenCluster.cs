namespace Almagest.Discovery.Simulation;

/// <summary>
/// A real open cluster. Positions, parallaxes and proper motions of Gaia Collaboration et al. 2018 (A&amp;A 616, A10) and
/// Cantat-Gaudin et al. 2020 (A&amp;A 640, A1), rounded.
/// </summary>
/// <param name="RaDeg">centre, ICRS degrees</param>
/// <param name="DecDeg">centre, ICRS degrees</param>
/// <param name="ParallaxMas">of the centre</param>
/// <param name="PmraMasYr">of the centre</param>
/// <param name="PmdecMasYr">of the centre</param>
/// <param name="RadialVelocityKmS">of the centre</param>
/// <param name="ScaleRadiusPc">Plummer radius</param>
/// <param name="Members">about how many members Gaia sees</param>
/// <param name="BrightestAbsoluteMag">where its main sequence begins, by its age</param>
public sealed record OpenCluster(
    string Name,
    double RaDeg,
    double DecDeg,
    double ParallaxMas,
    double PmraMasYr,
    double PmdecMasYr,
    double RadialVelocityKmS,
    double ScaleRadiusPc,
    int Members,
    double BrightestAbsoluteMag
)
{
    /// <summary>The clusters that can be planted, in this order.</summary>
    public static IReadOnlyList<OpenCluster> Known { get; } =
    [
        new("Pleiades", 56.601, 24.114, 7.364, 19.997, -45.548, 5.65, 2.5, 1330, -1.5),
        new("Hyades", 67.000, 15.900, 21.052, 104.92, -28.00, 39.42, 3.1, 515, 1.0),
        new("Praesepe", 130.054, 19.621, 5.371, -36.047, -12.917, 35.64, 2.8, 940, 0.8),
        new("alpha Persei", 51.617, 48.975, 5.718, 22.865, -25.556, -0.29, 3.5, 740, -2.0),
        new("Coma Berenices", 186.020, 25.950, 11.640, -12.111, -8.996, -0.52, 2.4, 153, 0.9),
        new("NGC 2516", 119.527, -60.800, 2.417, -4.748, 11.221, 23.85, 3.0, 2500, -1.2),
        new("Blanco 1", 0.853, -29.958, 4.210, 18.739, 2.602, 5.78, 3.0, 490, -0.8),
        new("IC 2602", 160.613, -64.426, 6.571, -17.783, 10.655, 17.43, 2.4, 490, -2.2),
        new("IC 2391", 130.292, -52.991, 6.597, -24.644, 23.316, 14.98, 2.0, 325, -2.0),
        new("NGC 2451A", 115.736, -38.264, 5.163, -21.063, 15.378, 22.85, 2.5, 400, -1.8),
        new("NGC 3532", 166.417, -58.707, 2.066, -10.390, 5.148, 5.43, 3.4, 1880, -0.5),
        new("NGC 6475", 268.447, -34.841, 3.545, 3.064, -5.398, -14.84, 3.0, 1140, -0.6),
        new("Stock 2", 33.856, 59.522, 2.641, 15.966, -13.627, 8.17, 4.5, 1700, -0.2),
    ];

    public double DistancePc => 1000 / ParallaxMas;
}
