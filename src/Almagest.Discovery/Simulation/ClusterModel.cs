using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>
/// The members of one cluster: a Plummer sphere (Plummer 1911, MNRAS 71, 460) cut at 12 pc that moves as one body, so that
/// the proper motions of a near cluster converge as in nature.
/// </summary>
internal sealed class ClusterModel
{
    private const double EdgePc = 12;
    private const double DispersionKmS = 0.6;
    private const double Step = 0.1;

    private readonly SkyVector _centre; // ICRS, parsecs
    private readonly SkyVector _velocity; // ICRS, km/s
    private readonly double[] _luminosities;
    private readonly double _brightest;

    public ClusterModel(OpenCluster cluster, double magnitudeLimit)
    {
        Cluster = cluster;
        _centre = SkyCoordinates.ToUnitVector(cluster.RaDeg, cluster.DecDeg) * cluster.DistancePc;
        _velocity = Kinematics.Velocity(
            cluster.RaDeg,
            cluster.DecDeg,
            cluster.DistancePc,
            cluster.PmraMasYr,
            cluster.PmdecMasYr,
            cluster.RadialVelocityKmS
        );
        // Room in front of the limit for dust and for members on the far side.
        var faintest = Math.Min(MainSequence.Faintest, magnitudeLimit - 0.7 - 5 * Math.Log10(cluster.DistancePc / 10));
        _brightest = Math.Min(cluster.BrightestAbsoluteMag, faintest - Step);
        var total = 0.0;
        _luminosities =
        [
            .. Enumerable
                .Range(0, (int)Math.Round((faintest - _brightest) / Step))
                .Select(i => total += MainSequence.DensityAt(_brightest + (i + 0.5) * Step)),
        ];
    }

    public OpenCluster Cluster { get; }

    /// <summary>Draws a member and its ICRS velocity.</summary>
    public (IntrinsicStar Star, SkyVector IcrsVelocity) Draw(ref StarRandom random)
    {
        double radius;
        do
        {
            radius = Cluster.ScaleRadiusPc / Math.Sqrt(Math.Pow(random.Uniform(), -2.0 / 3) - 1);
        } while (radius > EdgePc);

        var place = _centre + Kinematics.Isotropic(ref random, radius);
        var magnitude = _brightest + (random.Pick(_luminosities) + random.Uniform()) * Step;
        var colour = MainSequence.ColourAt(magnitude) + 0.02 * random.Normal();
        if (random.Chance(0.25))
            magnitude -= 0.75 * random.Uniform(); // an unresolved companion
        var own = new SkyVector(random.Normal(), random.Normal(), random.Normal()) * DispersionKmS;
        var distance = place.Norm;
        return (new IntrinsicStar(GalacticFrame.FromIcrs(place * (1 / distance)), distance, magnitude, colour), _velocity + own);
    }
}
