using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Discovery.Tests.Clustering.Auto;

/// <summary>
/// A cone around RA 0, Dec 0 of a Galactic field whose motions depend on the distance, and clusters in it whose members are known. Errors
/// grow towards faint stars; the search is not told of them.
/// </summary>
internal sealed class MadeCone
{
    private readonly Random _random;
    private readonly List<double[]> _stars = [];
    private readonly List<int> _truth = [];
    private readonly double _radius;

    public MadeCone(int seed, int field, double radiusDeg = 0.8, double medianDistance = 1500)
    {
        _random = new Random(seed);
        _radius = radiusDeg;
        for (var i = 0; i < field; i++)
        {
            var distance = medianDistance * Math.Exp(0.6 * Normal());
            var spread =
                _random.NextDouble() is var kind && kind < 0.6 ? 18
                : kind < 0.95 ? 35
                : 70;
            var radius = radiusDeg * Math.Sqrt(_random.NextDouble());
            Add(
                radius,
                (spread * Normal() + 10) / 4.74 / distance * 1000 - 1.5,
                (0.6 * spread * Normal() - 0.4 * spread - 5) / 4.74 / distance * 1000 + 0.5,
                1000 / distance,
                0
            );
        }
    }

    /// <summary>1, 2 … for members of a cluster, 0 for the field.</summary>
    public IReadOnlyList<int> Truth => _truth;

    public MadeCone With(int members, double distance, double arcminutes, double pmra, double pmdec)
    {
        var number = _truth.Max() + 1;
        for (var i = 0; i < members; i++)
        {
            // Some are binaries, whose motions scatter more.
            var speed = _random.NextDouble() < 0.15 ? 2 : 0.8;
            var radius = Math.Min(_radius, arcminutes / 60 * Math.Exp(0.5 * Normal()));
            var far = distance + 5 * Normal();
            Add(radius, pmra + speed * Normal() / 4.74 / far * 1000, pmdec + speed * Normal() / 4.74 / far * 1000, 1000 / far, number);
        }

        return this;
    }

    /// <summary>The same cone around the pole: directions and motions turned as one, motions by the east and north of each star.</summary>
    public MadeCone Polar()
    {
        foreach (var star in _stars)
        {
            var motion = new SkyVector(star[3], star[4], 0);
            (star[0], star[1], star[2]) = (star[1], star[2], star[0]);
            var (ra, dec) = SkyCoordinates.FromVector(new SkyVector(star[0], star[1], star[2]));
            var at = NormalTriad.At(ra, dec);
            (star[3], star[4]) = (motion.Dot(at.East), motion.Dot(at.North));
        }

        return this;
    }

    /// <summary>Every axis shuffled by itself: no cluster is left.</summary>
    public MadeCone Shuffled()
    {
        for (var axis = 3; axis < 6; axis++)
        {
            for (var i = _stars.Count - 1; i > 0; i--)
            {
                var j = _random.Next(i + 1);
                (_stars[i][axis], _stars[j][axis]) = (_stars[j][axis], _stars[i][axis]);
            }
        }

        return this;
    }

    /// <param name="columns">of dir_x, dir_y, dir_z, pmra, pmdec, parallax</param>
    public FeatureMatrix Matrix(params string[] columns)
    {
        string[] all = ["dir_x", "dir_y", "dir_z", "pmra", "pmdec", "parallax"];
        var taken = columns.Length == 0 ? all : columns;
        return new FeatureMatrix(_stars.Count, taken, [.. _stars.SelectMany(s => taken.Select(c => s[Array.IndexOf(all, c)]))]);
    }

    public ClusterResult Search(int threads = 2, params string[] columns) => Search(new AutoParameters(), threads, columns);

    public ClusterResult Search(AutoParameters parameters, int threads = 2, params string[] columns) =>
        AutoAlgorithm.Instance.Cluster(Matrix(columns), parameters, new() { MaxThreads = threads });

    /// <summary>Precision and recall of the found cluster that has most of the members of one of these.</summary>
    public (double Precision, double Recall) Score(ClusterResult found, int cluster)
    {
        var members = Enumerable.Range(0, _truth.Count).Where(i => _truth[i] == cluster).ToArray();
        var best = members.Where(i => found.Labels[i] >= 0).GroupBy(i => found.Labels[i]).MaxBy(g => g.Count());
        return best is null
            ? (0, 0)
            : ((double)best.Count() / found.Labels.Count(l => l == best.Key), (double)best.Count() / members.Length);
    }

    private void Add(double radius, double pmra, double pmdec, double parallax, int truth)
    {
        var error = Math.Max(0.02, 0.14 * Math.Pow(10, -0.3 * Math.Min(8, -1.3 * Math.Log(1 - _random.NextDouble()))));
        var (sin, cos) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        var (x, y) = (double.DegreesToRadians(radius * cos), double.DegreesToRadians(radius * sin));
        var z = Math.Sqrt(1 - x * x - y * y);
        _stars.Add([z, x, y, pmra + error * Normal(), pmdec + error * Normal(), parallax + error * Normal()]);
        _truth.Add(truth);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
