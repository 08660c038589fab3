using System.Collections.Concurrent;
using Almagest.Sky;

namespace Almagest.Discovery.Matching;

/// <summary>Positions of one epoch, ICRS degrees: right ascension in [0, 360), declination in [-90, 90].</summary>
public sealed record SkyPositions(double[] RaDeg, double[] DecDeg)
{
    public int Count => RaDeg.Length;
}

/// <summary>Which pairs within the radius are kept; the names are those of STILTS' <c>find</c>.</summary>
public enum MatchFind
{
    /// <summary>Pairs of which each row is the other's nearest neighbour: a row is in one pair at most, whichever table comes
    /// first.</summary>
    Best,

    /// <summary>Of each row of the first table its nearest neighbour; a row of the second may come several times.</summary>
    Best1,

    /// <summary>Of each row of the second table its nearest neighbour.</summary>
    Best2,

    /// <summary>Every pair.</summary>
    All,
}

/// <summary>A row of the first table and one of the second, from 0, and the angle between them.</summary>
public readonly record struct PositionPair(int First, int Second, double SeparationDeg);

/// <summary>Finds pairs of positions of two tables that lie within a radius of each other. Exact, in memory, on all cores.</summary>
public static class PositionMatcher
{
    /// <summary>Larger ones join everything with everything.</summary>
    public const double MostRadiusDeg = 10;

    private const int ChunkRows = 4096;

    /// <param name="radiusDeg">inclusive, above 0, at most <see cref="MostRadiusDeg"/></param>
    /// <returns>by the row of the first table, then by separation, then by the row of the second</returns>
    /// <exception cref="ArgumentOutOfRangeException">the radius is out of range</exception>
    /// <exception cref="ArgumentException">a position is out of range or not finite</exception>
    public static PositionPair[] Match(
        SkyPositions first,
        SkyPositions second,
        double radiusDeg,
        MatchFind find = MatchFind.Best,
        int? threads = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!(radiusDeg is > 0 and <= MostRadiusDeg))
            throw new ArgumentOutOfRangeException(nameof(radiusDeg), radiusDeg, $"a radius is above 0 and at most {MostRadiusDeg} degrees");
        Check(first, nameof(first));
        Check(second, nameof(second));
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        if (find == MatchFind.Best2)
        {
            var swapped = Search(second, first, radiusDeg, nearestOnly: true, parallel);
            return Sorted(Array.ConvertAll(swapped, p => new PositionPair(p.Second, p.First, p.SeparationDeg)));
        }
        var pairs = Search(first, second, radiusDeg, find != MatchFind.All, parallel);
        if (find != MatchFind.Best)
            return Sorted(pairs);
        var nearest = new int[second.Count];
        Array.Fill(nearest, -1);
        foreach (var back in Search(second, first, radiusDeg, nearestOnly: true, parallel))
            nearest[back.First] = back.Second;
        return Sorted(Array.FindAll(pairs, p => nearest[p.Second] == p.First));
    }

    private static void Check(SkyPositions positions, string name)
    {
        if (positions.RaDeg.Length != positions.DecDeg.Length)
            throw new ArgumentException("as many right ascensions as declinations are needed", name);
        for (var i = 0; i < positions.Count; i++)
            if (!(positions.RaDeg[i] is >= 0 and < 360 && positions.DecDeg[i] is >= -90 and <= 90))
                throw new ArgumentException($"row {i} has the position ({positions.RaDeg[i]}, {positions.DecDeg[i]})", name);
    }

    private static PositionPair[] Search(
        SkyPositions first,
        SkyPositions second,
        double radiusDeg,
        bool nearestOnly,
        ParallelOptions parallel
    )
    {
        if (first.Count == 0 || second.Count == 0)
            return [];
        var index = new PositionIndex(second, radiusDeg, parallel);
        // In the order of the index, so that neighbours ask for the same part of memory.
        var order = Order(first, radiusDeg);
        var found = new ConcurrentBag<List<PositionPair>>();
        var chunks = (first.Count + ChunkRows - 1) / ChunkRows;
        Parallel.For(
            0,
            chunks,
            parallel,
            () => new List<PositionPair>(),
            (chunk, _, pairs) =>
            {
                Span<(int From, int To)> ranges = stackalloc (int, int)[12];
                for (var i = chunk * ChunkRows; i < Math.Min(first.Count, (chunk + 1) * ChunkRows); i++)
                    SearchOne(index, order[i], first.RaDeg[order[i]], first.DecDeg[order[i]], radiusDeg, nearestOnly, ranges, pairs);
                return pairs;
            },
            found.Add
        );
        var all = new PositionPair[found.Sum(p => p.Count)];
        var at = 0;
        foreach (var pairs in found)
        {
            pairs.CopyTo(all, at);
            at += pairs.Count;
        }
        return all;
    }

    private static void SearchOne(
        PositionIndex index,
        int row,
        double ra,
        double dec,
        double radiusDeg,
        bool nearestOnly,
        Span<(int From, int To)> ranges,
        List<PositionPair> pairs
    )
    {
        var (x, y, z) = SkyCoordinates.ToUnitVector(ra, dec);
        // The square of the chord grows with the angle; a little more is let through, then decided by the angle itself.
        var chord = 2 * Math.Sin(radiusDeg * (Constants.Degree / 2));
        var most = chord * chord * (1 + 1e-9) + 1e-30;
        var (best, bestSquare) = (-1, double.PositiveInfinity);
        var count = index.Candidates(ra, dec, ranges);
        foreach (var (from, to) in ranges[..count])
        {
            for (var i = from; i < to; i++)
            {
                var (dx, dy, dz) = (index.X[i] - x, index.Y[i] - y, index.Z[i] - z);
                var square = dx * dx + dy * dy + dz * dz;
                if (square > most)
                    continue;
                if (!nearestOnly)
                    Add(square, index.Rows[i]);
                else if (square < bestSquare || (square == bestSquare && index.Rows[i] < index.Rows[best]))
                    (best, bestSquare) = (i, square);
            }
        }
        if (best >= 0)
            Add(bestSquare, index.Rows[best]);

        void Add(double square, int other)
        {
            var angle = 2 * Math.Asin(Math.Min(1, Math.Sqrt(square) / 2)) * (1 / Constants.Degree);
            if (angle <= radiusDeg)
                pairs.Add(new PositionPair(row, other, angle));
        }
    }

    private static int[] Order(SkyPositions positions, double radiusDeg)
    {
        var (keys, rows) = (new (int, double)[positions.Count], new int[positions.Count]);
        var height = Math.Max(radiusDeg, 180.0 / (1 << 20));
        for (var i = 0; i < rows.Length; i++)
            (keys[i], rows[i]) = (((int)((positions.DecDeg[i] + 90) / height), positions.RaDeg[i]), i);
        Array.Sort(keys, rows);
        return rows;
    }

    private static PositionPair[] Sorted(PositionPair[] pairs)
    {
        Array.Sort(
            pairs,
            static (a, b) =>
                a.First != b.First ? a.First.CompareTo(b.First)
                : a.SeparationDeg != b.SeparationDeg ? a.SeparationDeg.CompareTo(b.SeparationDeg)
                : a.Second.CompareTo(b.Second)
        );
        return pairs;
    }
}
