using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Tests.Clustering.Auto;

/// <summary>
/// A cone of a Galactic field limited in magnitude, and clusters in it whose members are known: stars have magnitudes, and errors that grow
/// towards faint ones as Gaia's do, so that the search can be told of them.
/// </summary>
/// <param name="ErrorScale">times the errors of Gaia DR3</param>
/// <param name="MotionRatio">error of a proper motion in mas/yr over that of the parallax in mas: 1 of DR3, 1.7 of DR2</param>
/// <param name="Correlation">the largest correlation of a star's errors</param>
/// <param name="SaidScale">what the table says an error is, over what it is</param>
internal sealed record MadeSurvey(
    int Seed,
    int Field,
    double RadiusDeg = 0.8,
    double Limit = 18,
    double ErrorScale = 1,
    double MotionRatio = 1,
    double Correlation = 0,
    double SaidScale = 1
)
{
    private static readonly string[] s_columns = ["dir_x", "dir_y", "dir_z", "pmra", "pmdec", "parallax"];

    private static readonly string[] s_beside =
    [
        StarColumns.PmraErrorName,
        StarColumns.PmdecErrorName,
        StarColumns.ParallaxErrorName,
        StarColumns.PmraPmdecCorrelationName,
        StarColumns.ParallaxPmraCorrelationName,
        StarColumns.ParallaxPmdecCorrelationName,
    ];

    private readonly Random _random = new(Seed);
    private readonly List<double[]> _stars = [];
    private readonly List<int> _truth = [];

    /// <summary>1, 2 … for members of a cluster, 0 for the field.</summary>
    public IReadOnlyList<int> Truth => _truth;

    /// <summary>Error of the parallax of each star, mas, as the table has it.</summary>
    public IReadOnlyList<double> ParallaxErrors => [.. _stars.Select(s => s[8])];

    public MadeSurvey WithField(double medianDistance = 1500)
    {
        while (_stars.Count < Field)
        {
            var distance = medianDistance * Math.Exp(0.7 * Normal());
            var g = Luminosity() + 5 * Math.Log10(distance / 10) + 0.0007 * distance;
            if (g > Limit)
                continue;
            var spread =
                _random.NextDouble() is var kind && kind < 0.6 ? 18
                : kind < 0.95 ? 35
                : 70;
            Add(
                RadiusDeg * Math.Sqrt(_random.NextDouble()),
                (spread * Normal() + 10) / 4.74 / distance * 1000 - 1.5,
                (0.6 * spread * Normal() - 0.4 * spread - 5) / 4.74 / distance * 1000 + 0.5,
                1000 / distance,
                g,
                0
            );
        }

        return this;
    }

    /// <param name="dispersion">of a velocity component, km/s</param>
    public MadeSurvey With(int members, double distance, double arcminutes, double pmra, double pmdec, double dispersion = 0.8)
    {
        var number = _truth.Max() + 1;
        for (var i = 0; i < members; )
        {
            var far = distance + 5 * Normal();
            var g = Luminosity() + 5 * Math.Log10(far / 10) + 0.0007 * far;
            if (g > Limit)
                continue;
            // Some are binaries, whose motions scatter more.
            var speed = dispersion * (_random.NextDouble() < 0.15 ? 2.5 : 1);
            var radius = Math.Min(RadiusDeg, arcminutes / 60 * Math.Exp(0.5 * Normal()));
            Add(radius, pmra + speed * Normal() / 4.74 / far * 1000, pmdec + speed * Normal() / 4.74 / far * 1000, 1000 / far, g, number);
            i++;
        }

        return this;
    }

    /// <param name="beside">names of the columns of errors that the table has; null = all</param>
    public FeatureMatrix Matrix(IReadOnlyCollection<string>? beside = null) =>
        new(_stars.Count, s_columns, [.. _stars.SelectMany(s => s.Take(s_columns.Length))])
        {
            Beside = s_beside
                .Select((name, c) => (name, c))
                .Where(b => beside is null || beside.Contains(b.name))
                .ToDictionary(b => b.name, b => _stars.Select(s => s[s_columns.Length + b.c]).ToArray()),
        };

    public ClusterResult Search(IReadOnlyCollection<string>? beside = null, string errors = AutoParameters.Use) =>
        AutoAlgorithm.Instance.Cluster(Matrix(beside), new AutoParameters { StarErrors = errors }, new() { MaxThreads = 2 });

    /// <summary>Precision and recall of the found cluster that has most of the members of one of these.</summary>
    public (double Precision, double Recall) Score(ClusterResult found, int cluster)
    {
        var members = Enumerable.Range(0, _truth.Count).Where(i => _truth[i] == cluster).ToArray();
        var best = members.Where(i => found.Labels[i] >= 0).GroupBy(i => found.Labels[i]).MaxBy(g => g.Count());
        return best is null
            ? (0, 0)
            : ((double)best.Count() / found.Labels.Count(l => l == best.Key), (double)best.Count() / members.Length);
    }

    private void Add(double radius, double pmra, double pmdec, double parallax, double g, int truth)
    {
        var z = Math.Max(0.158, Math.Pow(10, 0.4 * (g - 15)));
        var error = ErrorScale * 1.3e-3 * Math.Sqrt(40 + 800 * z + 30 * z * z) * Math.Exp(0.15 * Normal());
        // Noise with a common part has the correlation of its square.
        var common = Correlation > 0 ? Math.Sqrt(Correlation * _random.NextDouble()) : 0;
        var own = Math.Sqrt(1 - common * common);
        var shared = Normal();
        var (sin, cos) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        var (x, y) = (double.DegreesToRadians(radius * cos), double.DegreesToRadians(radius * sin));
        var motion = MotionRatio * error;
        _stars.Add([
            Math.Sqrt(1 - x * x - y * y),
            x,
            y,
            pmra + motion * (common * shared + own * Normal()),
            pmdec + motion * (common * shared + own * Normal()),
            parallax + error * (common * shared + own * Normal()),
            SaidScale * motion,
            SaidScale * motion,
            SaidScale * error,
            common * common,
            common * common,
            common * common,
        ]);
        _truth.Add(truth);
    }

    // More faint ones: a tenth of the stars per magnitude at the bright end, up to M 12.
    private double Luminosity() => 13 * Math.Pow(_random.NextDouble(), 0.45) - 1;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
