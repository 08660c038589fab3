using System.Buffers;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// The C-step: the ellipsoid of the h rows that are nearest to another one, whose determinant is not larger. Rows are taken in blocks of a
/// fixed size, whose sums are added in their order: the number of threads changes no bit.
/// </summary>
/// <param name="rows">h: how many rows the ellipsoid is of</param>
internal sealed class Concentration(ScaledColumns data, int rows, int maxThreads, CancellationToken cancellationToken)
{
    private const int BlockRows = 8192;

    /// <summary>Distances of so many rows tell about where the h-th is, so that few have to be kept and sorted.</summary>
    private const int SampleRows = 4096;

    // The same for each step.
    private ScaledColumns? _sample;

    public int Rows => rows;

    /// <summary>Steps until the determinant stays, or so many.</summary>
    public Ellipsoid Converge(Ellipsoid from, int mostSteps)
    {
        for (var step = 0; step < mostSteps; step++)
        {
            var next = Step(from);
            if (!(next.LogDeterminant < from.LogDeterminant))
                return step == 0 ? next : from;
            from = next;
        }
        return from;
    }

    public Ellipsoid Step(Ellipsoid from)
    {
        if (rows >= data.Rows)
            return Below(from, double.PositiveInfinity).ToEllipsoid();
        var (low, high) = data.Rows > 2 * SampleRows ? Bracket(from) : (double.NegativeInfinity, double.PositiveInfinity);
        return (TryStep(from, low, high) ?? TryStep(from, double.NegativeInfinity, double.PositiveInfinity)!).ToEllipsoid();
    }

    /// <summary>The sums of the rows that are nearer than a squared distance.</summary>
    public Moments Below(Ellipsoid of, double limit)
    {
        var blocks = new Moments[Blocks];
        ForEachBlock(of, (block, window, at, _, distances) => (blocks[block] = new Moments(of.Centre)).Add(window, at, distances, limit));
        return Sum(of, blocks);
    }

    public Sequence<double> Distances(Ellipsoid from)
    {
        var all = data.Room.Create<double>(data.Rows);
        ForEachBlock(from, (_, _, _, first, distances) => all.Write(first, distances));
        return all;
    }

    private int Blocks => (data.Rows + BlockRows - 1) / BlockRows;

    /// <summary>Between what squared distances the h-th row is, almost surely.</summary>
    private (double Low, double High) Bracket(Ellipsoid from)
    {
        _sample ??= data.Pick([.. Enumerable.Range(0, SampleRows).Select(i => (int)((2L * i + 1) * data.Rows / (2L * SampleRows)))]);
        var distances = new double[SampleRows];
        from.Squared(_sample, 0, distances);
        Array.Sort(distances);
        var share = (double)rows / data.Rows;
        var (at, spread) = (share * SampleRows, 5 * Math.Sqrt(SampleRows * share * (1 - share)));
        var (below, above) = ((int)Math.Floor(at - spread) - 1, (int)Math.Ceiling(at + spread) + 1);
        return (below < 0 ? double.NegativeInfinity : distances[below], above >= SampleRows ? double.PositiveInfinity : distances[above]);
    }

    /// <summary>Null where the h-th row is not between the two.</summary>
    private Moments? TryStep(Ellipsoid from, double low, double high)
    {
        var blocks = new Moments[Blocks];
        var between = new List<(double Distance, int Row)>[blocks.Length];
        ForEachBlock(
            from,
            (block, window, at, first, distances) =>
            {
                (blocks[block] = new Moments(from.Centre)).Add(window, at, distances, low);
                var list = between[block] = [];
                for (var i = 0; i < distances.Length; i++)
                {
                    if (distances[i] >= low && distances[i] <= high)
                        list.Add((distances[i], first + i));
                }
            }
        );
        var sum = Sum(from, blocks);
        var missing = rows - sum.Count;
        if (missing < 0 || missing > between.Sum(b => (long)b.Count))
            return null;
        if (missing == 0)
            return sum;
        var all = between.SelectMany(b => b).Select(b => b.Distance).ToArray();
        Array.Sort(all);
        var limit = all[missing - 1];
        // Of rows at the limit the first are taken.
        var ties = missing - Array.FindIndex(all, d => d == limit);
        foreach (var block in between)
        {
            int[] taken = [.. block.Where(b => b.Distance < limit || (b.Distance == limit && ties-- > 0)).Select(b => b.Row)];
            if (taken.Length == 0)
                continue;
            var window = data.Window(taken[0], taken[^1] - taken[0] + 1, out var at);
            foreach (var row in taken)
                sum.Add(window, at + row - taken[0]);
        }
        return sum;
    }

    private static Moments Sum(Ellipsoid from, Moments[] blocks)
    {
        var sum = new Moments(from.Centre);
        foreach (var block in blocks)
            sum.Add(block);
        return sum;
    }

    /// <param name="window">has the rows of the block, from <paramref name="at"/></param>
    private delegate void BlockWork(int block, ScaledColumns window, int at, int first, ReadOnlySpan<double> distances);

    private void ForEachBlock(Ellipsoid from, BlockWork work)
    {
        void Do(int first, int count)
        {
            var buffer = ArrayPool<double>.Shared.Rent(count);
            var distances = buffer.AsSpan(0, count);
            var window = data.Window(first, count, out var at);
            from.Squared(window, at, distances);
            work(first / BlockRows, window, at, first, distances);
            ArrayPool<double>.Shared.Return(buffer);
        }
        if (data.Rows <= BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Do(0, data.Rows);
        }
        else
        {
            RowBlocks.ForEach(data.Rows, BlockRows, maxThreads, Do, cancellationToken);
        }
    }
}
