using Almagest.Discovery.Simulation;
using Almagest.Sky;

namespace Almagest.Discovery.Recovery;

/// <summary>A cluster to plant.</summary>
/// <param name="Members">stars, at least 2</param>
/// <param name="DistancePc">of its centre, parsecs</param>
/// <param name="SpreadPc">standard deviation of its members' places in each of the three directions, parsecs</param>
/// <param name="DispersionMasYr">standard deviation of its members' proper motions in each direction, before errors, mas/yr</param>
public sealed record ClusterPlan(int Members, double DistancePc, double SpreadPc, double DispersionMasYr)
{
    /// <summary>The proper motion, mas/yr, that a velocity across the sky has at a distance.</summary>
    public static double MotionOf(double kmS, double distancePc) => 1000 * kmS / (Constants.AuPerYearKmS * distancePc);
}

/// <summary>
/// Makes a cluster: a Gaussian clump in space around a place drawn of the selection, whose members move together. Each member has the
/// magnitude, colour, parallax error and gaps of a real star drawn at random, so that the survey's depth and precision are those of the
/// selection.
/// </summary>
/// <remarks>
/// The clump moves as the star does whose parallax is next to its own, of twenty drawn at random: as the field does at its distance. Errors
/// are Gaussian: the star's own, or, where the catalogue has none, Gaia's typical parallax error at its magnitude, and for proper motions
/// 0.96 of the parallax's a year (the mean of Gaia DR3's 1.03 and 0.89). That the proper motions of a near cluster converge is left out.
/// </remarks>
public static class ClusterPlanter
{
    private const int Candidates = 20;
    private const double MotionError = 0.96;

    /// <returns>its members as far as the selection would hold them; the same for the same seed and repetition</returns>
    public static IReadOnlyList<PlantedStar> Plant(TrialField field, ClusterPlan plan, long seed, int repetition)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(plan);
        var random = new StarRandom(StarRandom.Mix((ulong)seed) + (ulong)repetition, -1);
        var place = Draw(field, ref random);
        var centre = SkyCoordinates.ToUnitVector(place.RaDeg, place.DecDeg) * plan.DistancePc;
        var motion = Motion(field, 1000 / plan.DistancePc, ref random);
        var members = new List<PlantedStar>(plan.Members);
        for (var i = 0; i < plan.Members; i++)
        {
            random = new StarRandom(StarRandom.Mix((ulong)seed) + (ulong)repetition, i);
            var own = new SkyVector(random.Normal(), random.Normal(), random.Normal()) * plan.SpreadPc;
            var (ra, dec) = SkyCoordinates.FromVector(centre + own);
            var host = Draw(field, ref random);
            var error =
                double.IsFinite(host.ParallaxErrorMas) ? host.ParallaxErrorMas
                : double.IsFinite(host.Magnitude) ? Observation.ParallaxError(host.Magnitude)
                : 0;
            var (parallax, pmra, pmdec) = (
                1000 / (centre + own).Norm + error * random.Normal(),
                motion.Pmra + plan.DispersionMasYr * random.Normal() + MotionErrorOf(host.PmraErrorMasYr, error) * random.Normal(),
                motion.Pmdec + plan.DispersionMasYr * random.Normal() + MotionErrorOf(host.PmdecErrorMasYr, error) * random.Normal()
            );
            var star = host with
            {
                RaDeg = ra,
                DecDeg = dec,
                ParallaxMas = double.IsNaN(host.ParallaxMas) ? double.NaN : parallax,
                PmraMasYr = double.IsNaN(host.PmraMasYr) ? double.NaN : pmra,
                PmdecMasYr = double.IsNaN(host.PmdecMasYr) ? double.NaN : pmdec,
            };
            if (field.Admits(star))
                members.Add(new PlantedStar(star, null, 0));
        }
        return members;
    }

    private static double MotionErrorOf(double own, double parallax) => double.IsFinite(own) ? own : MotionError * parallax;

    private static CatalogStar Draw(TrialField field, ref StarRandom random) => field[(int)(random.Uniform() * field.Stars.Count)];

    private static (double Pmra, double Pmdec) Motion(TrialField field, double parallax, ref StarRandom random)
    {
        (double Pmra, double Pmdec) motion = (0, 0);
        var nearest = double.PositiveInfinity;
        // Draws without a motion do not count, but they end.
        for (int draw = 0, found = 0; draw < 50 * Candidates && found < Candidates; draw++)
        {
            var star = Draw(field, ref random);
            if (!double.IsFinite(star.PmraMasYr) || !double.IsFinite(star.PmdecMasYr))
                continue;
            found++;
            var away = double.IsFinite(star.ParallaxMas) ? Math.Abs(star.ParallaxMas - parallax) : double.MaxValue;
            if (away >= nearest)
                continue;
            (nearest, motion) = (away, (star.PmraMasYr, star.PmdecMasYr));
        }
        return motion;
    }
}
