using System.Collections.Concurrent;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// Looks for peaks over a range of scales, and does the same with shuffled copies of the stars, in which each axis is permuted by itself:
/// they
/// have the field's distributions and no cluster, so that the clearest peak of each tells how clear a peak chance makes somewhere in such
/// a search.
/// </summary>
internal sealed class PeakSearch
{
    /// <summary>Side of a cell of the finest grid, mas/yr; a factor √2 from one to the next.</summary>
    public const double Finest = 0.05;

    private const int Scales = 18;

    private const double LeastContrast = 2;
    private const int LeastStars = 8,
        PeaksPerScale = 6;

    private readonly double[][] _axes;
    private readonly double[] _centre;
    private readonly AlgorithmContext _context;

    public PeakSearch(double[][] axes, AlgorithmContext context)
    {
        _axes = axes;
        _context = context;
        _centre = [.. axes.Select(a => OrderStatistics.Median(a))];
    }

    /// <summary>The excess of the clearest peak of each shuffled copy.</summary>
    public double[] Shuffled(int copies, long seed)
    {
        var grids = new ConcurrentBag<PeakGrid>();
        var clearest = new double[copies];
        RowBlocks.For(
            copies,
            _context.MaxThreads,
            copy =>
            {
                var random = new ShuffleRandom(seed, copy);
                var shuffled = _axes.Select(a => (double[])a.Clone()).ToArray();
                foreach (var axis in shuffled)
                    random.Shuffle(axis);
                var grid = Grid(grids);
                for (var s = 0; s < Scales; s++)
                {
                    _context.CancellationToken.ThrowIfCancellationRequested();
                    grid.Visit(
                        shuffled,
                        _centre,
                        ScaleOf(s),
                        LeastStars,
                        LeastContrast,
                        (excess, _, _, _) => clearest[copy] = Math.Max(clearest[copy], excess)
                    );
                }

                grids.Add(grid);
            },
            _context.CancellationToken
        );
        return clearest;
    }

    /// <summary>The peaks above an excess, clearest first.</summary>
    public IReadOnlyList<Peak> Peaks(double threshold)
    {
        var grids = new ConcurrentBag<PeakGrid>();
        var found = new List<Peak>[Scales];
        RowBlocks.For(
            Scales,
            _context.MaxThreads,
            s =>
            {
                var grid = Grid(grids);
                found[s] = AtScale(grid, ScaleOf(s), threshold);
                grids.Add(grid);
            },
            _context.CancellationToken
        );
        return [.. found.SelectMany(f => f).OrderByDescending(p => p.Excess).ThenBy(p => p.Scale)];
    }

    private List<Peak> AtScale(PeakGrid grid, double scale, double threshold)
    {
        var boxes = new List<(double Excess, double Contrast, int Count, int Cell)>();
        grid.Visit(
            _axes,
            _centre,
            scale,
            LeastStars,
            LeastContrast,
            (excess, contrast, count, cell) =>
            {
                if (excess > threshold)
                    boxes.Add((excess, contrast, count, cell));
            }
        );
        var taken = new List<(double Excess, double Contrast, int Count, int Cell)>();
        foreach (var box in boxes.OrderByDescending(b => b.Excess).ThenBy(b => b.Cell))
        {
            if (taken.Count == PeaksPerScale)
                break;
            if (!taken.Exists(t => grid.AreNear(t.Cell, box.Cell)))
                taken.Add(box);
        }

        return [.. taken.Select(t => new Peak(t.Excess, t.Contrast, t.Count, scale, grid.Middle(t.Cell, _centre, scale)))];
    }

    private PeakGrid Grid(ConcurrentBag<PeakGrid> free) => free.TryTake(out var grid) ? grid : new PeakGrid(_axes.Length, _axes[0].Length);

    /// <summary>Side of a cell of the coarsest grid, mas/yr.</summary>
    public static double Coarsest => ScaleOf(Scales - 1);

    private static double ScaleOf(int number) => Finest * Math.Pow(2, number / 2.0);
}
