using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>
/// The Galactic field that a survey limited in magnitude sees: main-sequence stars and giants in an exponential disc behind
/// dust. For each direction (by |sin b|) and kind of star, the number out to each distance is integrated once; stars are then
/// drawn from these tables.
/// </summary>
internal sealed class FieldModel
{
    private const int Latitudes = 32;
    private const int Steps = 64;
    private const double FarthestPc = 8000;

    private static readonly Population[] s_populations = MakePopulations();

    private readonly SkyRegion _region;
    private readonly double _limit;
    private readonly double[][] _distances = new double[s_populations.Length][];
    private readonly double[,][] _counts = new double[Latitudes, s_populations.Length][]; // cumulative by distance
    private readonly double[][] _populations = new double[Latitudes][]; // cumulative by population
    private readonly double[] _latitudes = new double[Latitudes]; // cumulative by |sin b|
    private readonly double _crowded;

    public FieldModel(SkyRegion region, double magnitudeLimit)
    {
        (_region, _limit) = (region, magnitudeLimit);
        for (var p = 0; p < s_populations.Length; p++)
        {
            var horizon = Math.Min(FarthestPc, Math.Pow(10, (magnitudeLimit - s_populations[p].AbsoluteMag + 5) / 5));
            _distances[p] = [.. Enumerable.Range(0, Steps + 1).Select(i => horizon * i / Steps)];
        }

        for (var bin = 0; bin < Latitudes; bin++)
        {
            _populations[bin] = new double[s_populations.Length];
            var total = 0.0;
            for (var p = 0; p < s_populations.Length; p++)
            {
                _counts[bin, p] = Integrate(s_populations[p], _distances[p], (bin + 0.5) / Latitudes);
                _populations[bin][p] = total += _counts[bin, p][^1];
            }

            _latitudes[bin] = total + (bin > 0 ? _latitudes[bin - 1] : 0);
            if (Reaches(region, bin))
                _crowded = Math.Max(_crowded, total);
        }
    }

    /// <summary>Draws a field star: its place, distance, and intrinsic brightness and colour.</summary>
    public IntrinsicStar Draw(ref StarRandom random)
    {
        var direction = Direction(ref random, out var bin);
        var p = random.Pick(_populations[bin]);
        ref readonly var population = ref s_populations[p];
        var distance = Distance(ref random, _distances[p], _counts[bin, p]);
        var magnitude = population.AbsoluteMag + random.Between(-0.5, 0.5) * population.Width;
        // Inside a bin of magnitudes the faint side reaches less far: keep it in front of the survey's limit.
        var excess = magnitude + 5 * Math.Log10(distance / 10) + Dust.Extinction(distance, direction.Z) - _limit;
        if (excess > 0)
            magnitude -= excess;
        var colour = population.GiantColour is { } giant
            ? giant + 0.08 * random.Normal()
            : MainSequence.ColourAt(magnitude) + 0.05 * random.Normal();
        if (population.GiantColour is null && random.Chance(0.25))
            magnitude -= 0.75 * random.Uniform(); // an unresolved companion
        return new IntrinsicStar(direction, distance, magnitude, colour);
    }

    /// <summary>A direction evenly drawn from the region, as a Galactic unit vector.</summary>
    public SkyVector EvenDirection(ref StarRandom random)
    {
        if (_region.IsAllSky)
            return Sphere(random.Between(-1, 1), 2 * Math.PI * random.Uniform());
        // 1 - cos of the angle from the centre is uniform; its largest value without cancellation for a small cone.
        var versine = random.Uniform() * 2 * Math.Pow(Math.Sin(_region.RadiusDeg * Math.PI / 360), 2);
        var sin = Math.Sqrt(versine * (2 - versine));
        var (sinTurn, cosTurn) = Math.SinCos(2 * Math.PI * random.Uniform());
        var centre = NormalTriad.At(_region.RaDeg, _region.DecDeg);
        return GalacticFrame.FromIcrs(centre.Outward * (1 - versine) + (centre.East * cosTurn + centre.North * sinTurn) * sin);
    }

    private SkyVector Direction(ref StarRandom random, out int bin)
    {
        while (true)
        {
            SkyVector direction;
            if (_region.IsAllSky)
            {
                bin = random.Pick(_latitudes);
                var sinB = (bin + random.Uniform()) / Latitudes;
                direction = Sphere(random.Chance(0.5) ? sinB : -sinB, 2 * Math.PI * random.Uniform());
            }
            else
            {
                direction = EvenDirection(ref random);
                bin = Bin(direction.Z);
                if (!random.Chance(_populations[bin][^1] / _crowded))
                    continue;
            }

            // More stars towards the Galactic centre than away from it.
            if (random.Chance((1 + 0.4 * direction.X) / 1.4))
                return direction;
        }
    }

    private static double Distance(ref StarRandom random, double[] distances, double[] counts)
    {
        var target = random.Uniform() * counts[^1];
        var i = Array.BinarySearch(counts, target);
        i = Math.Clamp(i < 0 ? ~i : i, 1, Steps);
        var share = (target - counts[i - 1]) / (counts[i] - counts[i - 1]);
        // Counts grow with the cube of the distance near the Sun, where a straight line would be wrong.
        double near = Math.Pow(distances[i - 1], 3),
            far = Math.Pow(distances[i], 3);
        return Math.Cbrt(near + share * (far - near));
    }

    private double[] Integrate(Population population, double[] distances, double sinB)
    {
        const int Fine = 8;
        var counts = new double[distances.Length];
        for (var i = 1; i < distances.Length; i++)
        {
            var step = (distances[i] - distances[i - 1]) / Fine;
            var sum = 0.0;
            for (var k = 0; k < Fine; k++)
            {
                var d = distances[i - 1] + (k + 0.5) * step;
                if (population.AbsoluteMag + 5 * Math.Log10(d / 10) + Dust.Extinction(d, sinB) > _limit)
                    break;
                var height = d * sinB;
                sum += d * d * step * (Math.Exp(-height / population.HeightPc) + 0.05 * Math.Exp(-height / 900));
            }

            counts[i] = counts[i - 1] + population.Density * population.Width * sum;
        }

        return counts;
    }

    private static SkyVector Sphere(double z, double angle)
    {
        var across = Math.Sqrt(1 - z * z);
        var (sin, cos) = Math.SinCos(angle);
        return new SkyVector(across * cos, across * sin, z);
    }

    private static int Bin(double sinB) => Math.Min(Latitudes - 1, (int)(Math.Abs(sinB) * Latitudes));

    private static bool Reaches(SkyRegion region, int bin)
    {
        if (region.IsAllSky)
            return true;
        var b = GalacticFrame.FromIcrs(region.RaDeg, region.DecDeg).BDeg;
        double low = b - region.RadiusDeg,
            high = b + region.RadiusDeg;
        var farthest = Math.Min(90, Math.Max(Math.Abs(low), Math.Abs(high)));
        var nearest = low <= 0 && high >= 0 ? 0 : Math.Min(Math.Abs(low), Math.Abs(high));
        return bin >= Bin(Math.Sin(nearest * Constants.Degree)) && bin <= Bin(Math.Sin(farthest * Constants.Degree));
    }

    private static Population[] MakePopulations()
    {
        const double Step = 0.5;
        var made = new List<Population>();
        for (var m = -1.75; m < 14; m += Step)
            made.Add(
                new Population(
                    m,
                    Step,
                    MainSequence.DensityAt(m),
                    m < 2 ? 110
                        : m < 4 ? 200
                        : 300,
                    null
                )
            );
        made.Add(new Population(0.5, 0.5, 0.25, 280, 1.22)); // the red clump
        made.Add(new Population(2.2, 1.2, 0.12, 300, 1.08)); // climbing from the main sequence
        made.Add(new Population(-0.7, 0.8, 0.035, 300, 1.50)); // the upper branch
        made.Add(new Population(-2.0, 0.8, 0.006, 300, 2.10));
        return [.. made];
    }

    /// <param name="Width">mag</param>
    /// <param name="Density">per 1000 pc³ and magnitude in the plane</param>
    /// <param name="HeightPc">exponential scale height</param>
    /// <param name="GiantColour">BP-RP of a giant; null on the main sequence</param>
    private readonly record struct Population(double AbsoluteMag, double Width, double Density, double HeightPc, double? GiantColour);
}
