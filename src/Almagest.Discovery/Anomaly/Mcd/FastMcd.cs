using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// Looks for the h rows whose covariance has the least determinant, from many random starts: first in small samples, the best of these in
/// the samples together, the best of those in a larger sample and in all rows, each until it settles.
/// </summary>
internal sealed class FastMcd
{
    private const int Starts = 500,
        LeastStarts = 10,
        Kept = 10,
        SmallSample = 300,
        MostSmallSamples = 40,
        LargeSample = 50_000,
        MostSteps = 300,
        MostRounds = 4;

    /// <summary>Of the rows that an ellipsoid is of, as many as those around the best one that a new start is of.</summary>
    private static readonly double[] s_widths = [0.3, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95, 1.05, 1.1, 1.2, 1.3, 1.4, 1.55, 1.7];

    /// <summary>Starts that settle this near to each other are one.</summary>
    private const double Same = 1e-10;

    private readonly ScaledColumns _data;
    private readonly double _share;
    private readonly AlgorithmContext _context;
    private TreeRandom _random;

    private FastMcd(ScaledColumns data, double share, long seed, AlgorithmContext context)
    {
        (_data, _share, _context) = (data, share, context);
        _random = new TreeRandom(seed, 0);
    }

    /// <param name="data">of at least one column</param>
    /// <param name="rows">h</param>
    public static Ellipsoid Search(ScaledColumns data, int rows, long seed, AlgorithmContext context)
    {
        if (rows >= data.Rows)
            return Whole(data, context);
        if (data.Dimensions == 1)
            return Shortest(data, rows, context);
        return new FastMcd(data, (double)rows / data.Rows, seed, context).Search(rows);
    }

    private Ellipsoid Search(int rows)
    {
        var candidates = InSmallSamples();
        if (_data.Rows > 2 * LargeSample)
            candidates = Settle(Sample(LargeSample), candidates);
        _context.Progress?.Report(0.3);
        var best = Settle(new Concentration(_data, rows, _context.MaxThreads, _context.CancellationToken), candidates)[0];
        _context.Progress?.Report(0.6);
        // Of many rows the sample is as good as all, and what is left to gain is nothing.
        return _data.Rows > 2 * LargeSample ? best : Improve(best, rows);
    }

    /// <summary>
    /// Steps end where no exchange of near rows helps, which may be beside the best place: starts from more or fewer rows around it lead to
    /// others nearby.
    /// </summary>
    private Ellipsoid Improve(Ellipsoid best, int rows)
    {
        var steps = new Concentration(_data, rows, _context.MaxThreads, _context.CancellationToken);
        for (var round = 0; round < MostRounds; round++)
        {
            var from = best;
            foreach (var width in s_widths)
            {
                var around = Math.Clamp((int)(width * rows), Math.Min(rows, 2 * _data.Dimensions + 1), _data.Rows);
                var start = new Concentration(_data, around, _context.MaxThreads, _context.CancellationToken).Step(from);
                var other = steps.Converge(steps.Step(start), MostSteps);
                if (other.LogDeterminant < best.LogDeterminant)
                    best = other;
            }
            if (from == best)
                break;
        }
        return best;
    }

    /// <summary>The best starts, after two steps in a small sample and two in all small samples together.</summary>
    private List<Ellipsoid> InSmallSamples()
    {
        var samples = Math.Clamp(_data.Rows / SmallSample, 1, MostSmallSamples);
        if (samples == 1)
            return FromStarts(_data, Starts);
        var drawn = RowDraw.Of(_data.Rows, Math.Min(_data.Rows, samples * SmallSample), ref _random);
        // Floyd's draws are distinct, but not in random order.
        for (var i = drawn.Length - 1; i > 0; i--)
        {
            var other = _random.Next(i + 1);
            (drawn[i], drawn[other]) = (drawn[other], drawn[i]);
        }
        var found = new List<Ellipsoid>();
        for (var s = 0; s < samples; s++)
            found.AddRange(FromStarts(_data.Pick(drawn.AsSpan(s * SmallSample, SmallSample)), Math.Max(LeastStarts, Starts / samples)));
        var together = Steps(_data.Pick(drawn));
        return Best(found.Select(e => together.Step(together.Step(e))));
    }

    private List<Ellipsoid> FromStarts(ScaledColumns data, int starts)
    {
        var steps = Steps(data);
        var found = new List<Ellipsoid>(starts);
        for (var i = 0; i < starts; i++)
            found.Add(steps.Step(steps.Step(Start(data))));
        return Best(found);
    }

    /// <summary>The ellipsoid of a random handful of rows: one more than there are dimensions, and more until it has a volume.</summary>
    private Ellipsoid Start(ScaledColumns data)
    {
        var size = data.Dimensions + 1;
        while (true)
        {
            size = Math.Min(size, data.Rows);
            var moments = new Moments(new double[data.Dimensions]);
            foreach (var row in RowDraw.Of(data.Rows, size, ref _random))
                moments.Add(data, row);
            var start = moments.ToEllipsoid();
            if (!start.IsFlat || size == data.Rows || size >= 4 * (data.Dimensions + 1))
                return start;
            size++;
        }
    }

    private static List<Ellipsoid> Settle(Concentration steps, List<Ellipsoid> candidates)
    {
        // A few steps tell most of those apart that will never be the best.
        var ahead = Distinct(candidates.Select(e => steps.Step(steps.Step(e))));
        return Distinct(ahead.Select(e => steps.Converge(e, MostSteps)));
    }

    private static List<Ellipsoid> Best(IEnumerable<Ellipsoid> found) => [.. found.OrderBy(e => e.LogDeterminant).Take(Kept)];

    private static List<Ellipsoid> Distinct(IEnumerable<Ellipsoid> found)
    {
        var distinct = new List<Ellipsoid>();
        foreach (var e in found.OrderBy(e => e.LogDeterminant))
        {
            if (distinct.Count == 0 || e.LogDeterminant - distinct[^1].LogDeterminant > Same)
                distinct.Add(e);
        }
        return distinct;
    }

    private Concentration Sample(int size) => Steps(_data.Pick(RowDraw.Of(_data.Rows, size, ref _random)));

    private Concentration Steps(ScaledColumns sample) =>
        new(sample, Math.Min(sample.Rows, (int)Math.Ceiling(_share * sample.Rows)), _context.MaxThreads, _context.CancellationToken);

    private static Ellipsoid Whole(ScaledColumns data, AlgorithmContext context) =>
        new Concentration(data, data.Rows, context.MaxThreads, context.CancellationToken)
            .Below(Ellipsoid.Of(new double[data.Dimensions], Unit(data.Dimensions)), double.PositiveInfinity)
            .ToEllipsoid();

    private static double[] Unit(int size)
    {
        var unit = new double[size * size];
        for (var i = 0; i < size; i++)
            unit[i * size + i] = 1;
        return unit;
    }

    /// <summary>Of one column exactly: the h values next to each other with the least variance.</summary>
    private static Ellipsoid Shortest(ScaledColumns data, int rows, AlgorithmContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        var sorted = data.Window(0, data.Rows, out _)[0].ToArray();
        Array.Sort(sorted);
        var best = (Variance: double.PositiveInfinity, Mean: 0.0);
        double sum = 0,
            squares = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i];
            squares += sorted[i] * sorted[i];
            if (i >= rows)
            {
                sum -= sorted[i - rows];
                squares -= sorted[i - rows] * sorted[i - rows];
            }
            if (i + 1 < rows)
                continue;
            var mean = sum / rows;
            var variance = Math.Max(0, squares / rows - mean * mean);
            if (variance < best.Variance)
                best = (variance, mean);
        }
        // Running sums lose digits; the rows nearest to the mean give them back.
        var near = Ellipsoid.Of([best.Mean], [Math.Max(best.Variance, 1e-12)]);
        return new Concentration(data, rows, context.MaxThreads, context.CancellationToken).Converge(near, MostSteps);
    }
}
