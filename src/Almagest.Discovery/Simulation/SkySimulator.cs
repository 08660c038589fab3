using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>
/// A realistic star catalogue with known truth: a Galactic field limited in magnitude, real open clusters and planted
/// outliers, in random order. Each star is made from the seed and its index alone: any part can be made at any time, on any
/// thread, in memory that does not depend on the number of stars.
/// </summary>
public sealed class SkySimulator
{
    private const int BatchSize = 8192;

    private readonly FieldModel _field;
    private readonly ClusterModel[] _clusters;
    private readonly long[] _clusterEnds; // cumulative members
    private readonly long _outlierEnd;
    private readonly long _spuriousEnd;

    /// <exception cref="DiscoveryException">an option is out of range</exception>
    public SkySimulator(SkySimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _field = new FieldModel(options.Region, options.MagnitudeLimit);
        var planted = OpenCluster.Known.Take(options.Clusters).Where(c => options.Region.Contains(c.RaDeg, c.DecDeg)).ToArray();
        _clusters = [.. planted.Select(cluster => new ClusterModel(cluster, options.MagnitudeLimit))];
        _clusterEnds = new long[planted.Length];
        var members = options.ClusterFraction * options.Stars;
        var weights = planted.Sum(c => (double)c.Members);
        var end = 0L;
        for (var i = 0; i < planted.Length; i++)
            _clusterEnds[i] = end += Math.Min(planted[i].Members, (long)(members * planted[i].Members / weights));
        _outlierEnd = end + (long)Math.Round(options.OutlierFraction * options.Stars);
        _spuriousEnd = Math.Min(options.Stars, _outlierEnd + (_outlierEnd - end) / 3);
    }

    public SkySimulationOptions Options { get; }

    /// <summary>The planted clusters and how many members each has.</summary>
    public IReadOnlyList<(OpenCluster Cluster, long Members)> PlantedClusters =>
        [.. _clusters.Select((model, i) => (model.Cluster, _clusterEnds[i] - (i > 0 ? _clusterEnds[i - 1] : 0)))];

    /// <summary>How many outliers are planted.</summary>
    public long PlantedOutliers => _outlierEnd - (_clusterEnds.Length > 0 ? _clusterEnds[^1] : 0);

    /// <summary>How many ordinary stars have a spurious astrometric solution: a third as many as there are outliers.</summary>
    public long PlantedSpurious => _spuriousEnd - _outlierEnd;

    /// <summary>The star of an index in 0 … Stars-1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">there is no such star</exception>
    public SimulatedStar Star(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Options.Stars);
        var random = new StarRandom(Options.Seed, index);
        var role = StarRandom.Shuffle(Options.Seed, index, Options.Stars); // members and outliers fall anywhere in the file
        if (role >= _spuriousEnd)
        {
            var star = _field.Draw(ref random);
            return Observe(ref random, index, star, Kinematics.Disc(ref random, star), OutlierKind.None);
        }

        for (var i = 0; i < _clusterEnds.Length; i++)
        {
            if (role >= _clusterEnds[i])
                continue;
            var (member, velocity) = _clusters[i].Draw(ref random);
            return Observation.Of(ref random, index, member, velocity, OutlierKind.None, _clusters[i].Cluster.Name);
        }

        return Outlier(
            ref random,
            index,
            role >= _outlierEnd ? OutlierKind.SpuriousAstrometry : OutlierKinds.Planted[(int)(role % OutlierKinds.Planted.Count)]
        );
    }

    /// <summary>All stars in the order of their index, one by one.</summary>
    public IEnumerable<SimulatedStar> Stars() => Batches().SelectMany(batch => batch);

    /// <summary>All stars in the order of their index, in batches of up to 8192 made on several threads.</summary>
    /// <param name="maxThreads">0 = one a processor; the stars do not depend on it</param>
    public IEnumerable<SimulatedStar[]> Batches(int maxThreads = 0, CancellationToken cancellationToken = default) =>
        MapBatches(batch => batch, maxThreads, cancellationToken);

    /// <summary>What a function makes of each batch, in order; the function runs on several threads at once, a few batches ahead.</summary>
    internal IEnumerable<T> MapBatches<T>(Func<SimulatedStar[], T> map, int maxThreads, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxThreads);
        var ahead = maxThreads == 0 ? Environment.ProcessorCount : maxThreads;
        var batches = (Options.Stars + BatchSize - 1) / BatchSize;
        var running = new Queue<Task<T>>();
        for (long next = 0; next < batches || running.Count > 0; )
        {
            while (next < batches && running.Count < ahead)
            {
                var number = next++;
                running.Enqueue(Task.Run(() => map(Batch(number)), cancellationToken));
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return running.Dequeue().GetAwaiter().GetResult();
        }
    }

    private SimulatedStar[] Batch(long number)
    {
        var start = number * BatchSize;
        var stars = new SimulatedStar[Math.Min(BatchSize, Options.Stars - start)];
        for (var i = 0; i < stars.Length; i++)
            stars[i] = Star(start + i);
        return stars;
    }

    private SimulatedStar Outlier(ref StarRandom random, long index, OutlierKind kind)
    {
        var star = _field.Draw(ref random);
        SkyVector velocity;
        switch (kind)
        {
            case OutlierKind.HighVelocity:
                // Near enough that the motion shows.
                star = Moved(star, random.Between(60, 700));
                velocity = Kinematics.Isotropic(ref random, random.Between(300, 550));
                return Observe(ref random, index, star, velocity, kind);
            case OutlierKind.WhiteDwarf:
                var magnitude = random.Between(10.5, 13.5);
                var horizon = Math.Pow(10, (Options.MagnitudeLimit - 0.3 - magnitude + 5) / 5);
                star = new IntrinsicStar(
                    _field.EvenDirection(ref random),
                    horizon * Math.Cbrt(random.Uniform()),
                    magnitude,
                    MainSequence.WhiteDwarfColourAt(magnitude) + 0.04 * random.Normal()
                );
                break;
            case OutlierKind.Giant:
                // Miras and other stars of the asymptotic giant branch; near enough for a parallax, out of the thin disc's dust.
                star = star with
                {
                    AbsoluteMag = random.Between(-4.2, -2.6),
                    Colour = random.Between(2.8, 4.6),
                    DistancePc = random.Between(300, 2200),
                };
                break;
            default:
                break;
        }

        velocity = Kinematics.Disc(ref random, star);
        return Observe(ref random, index, star, velocity, kind);
    }

    /// <summary>The star at another distance, brighter or fainter as the survey's limit asks.</summary>
    private IntrinsicStar Moved(IntrinsicStar star, double distance)
    {
        var faintest = Options.MagnitudeLimit - 0.7 - 5 * Math.Log10(distance / 10);
        var magnitude = Math.Min(Math.Max(star.AbsoluteMag, 4.5), faintest); // old: nothing above the turn-off
        return star with { DistancePc = distance, AbsoluteMag = magnitude, Colour = MainSequence.ColourAt(magnitude) };
    }

    private static SimulatedStar Observe(
        ref StarRandom random,
        long index,
        in IntrinsicStar star,
        SkyVector galacticVelocity,
        OutlierKind kind
    ) => Observation.Of(ref random, index, star, GalacticFrame.ToIcrs(galacticVelocity), kind, null);
}
