using Almagest.Discovery.Identification;
using Almagest.Sky;

namespace Almagest.Discovery.Tests.Identification;

/// <summary>A catalogue of open clusters as the Galactic plane has them, and groups of which it is known what they are.</summary>
internal sealed class MadeCatalogue
{
    private readonly Random _random;

    public MadeCatalogue(int seed, int clusters)
    {
        _random = new Random(seed);
        Known = [.. Enumerable.Range(0, clusters).Select(Cluster)];
    }

    public IReadOnlyList<KnownCluster> Known { get; }

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>A place in the plane.</summary>
    public (double Ra, double Dec) Place()
    {
        var (l, b) = (360 * _random.NextDouble(), 4 * Normal());
        return SkyCoordinates.FromVector(GalacticFrame.ToIcrs(SkyCoordinates.ToUnitVector(l, b)));
    }

    private KnownCluster Cluster(int row)
    {
        var (ra, dec) = Place();
        var parallax = 1 / (0.3 + 4 * _random.NextDouble());
        var (spread, motion) = (0.1 + 0.15 * parallax, 2 + 2.5 * parallax);
        return new KnownCluster(row, $"Made {row}", ra, dec)
        {
            RadiusDeg = 0.05 + 0.2 * parallax * _random.NextDouble(),
            Pmra = new ClusterMean(-2 + motion * Normal(), spread / 12, spread),
            Pmdec = new ClusterMean(-2 + motion * Normal(), spread / 12, spread),
            Parallax = new ClusterMean(parallax - 0.03, 0.005, 0.05),
        };
    }

    /// <summary>The cluster as another survey finds it: other members, another zero point.</summary>
    public FoundGroup Found(int id, KnownCluster of, double away = 0.2)
    {
        var (ra, dec) = Beside(of.RaDeg, of.DecDeg, away * of.RadiusDeg!.Value);
        ClusterMean Mean(ClusterMean known, double systematic) =>
            new(known.Value + 0.25 * known.Spread!.Value * Normal() + systematic * Normal(), known.Spread / 10, known.Spread);
        return new FoundGroup(id, 100)
        {
            RaDeg = ra,
            DecDeg = dec,
            PositionErrorDeg = of.RadiusDeg / 10,
            RadiusDeg = of.RadiusDeg * (0.7 + 0.6 * _random.NextDouble()),
            Pmra = Mean(of.Pmra!.Value, 0.03),
            Pmdec = Mean(of.Pmdec!.Value, 0.03),
            Parallax = Mean(of.Parallax!.Value, 0.02),
            IsJudged = true,
        };
    }

    /// <summary>A group of its own, anywhere in the plane.</summary>
    public FoundGroup New(int id) => Found(id, Cluster(-1), 0);

    public (double Ra, double Dec) Beside(double raDeg, double decDeg, double distanceDeg)
    {
        var triad = NormalTriad.At(raDeg, decDeg);
        var (sin, cos) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        var (away, ahead) = Math.SinCos(distanceDeg * Constants.Degree);
        return SkyCoordinates.FromVector(
            SkyCoordinates.ToUnitVector(raDeg, decDeg) * ahead + (triad.East * cos + triad.North * sin) * away
        );
    }
}
