using Almagest.Sky;

namespace Almagest.Discovery.Matching;

/// <summary>
/// Positions sorted into zones of declination, within a zone by right ascension (Gray, Nieto-Santisteban and Szalay 2007, MSR-TR-2006-52).
/// A zone is at least as high as the search radius, so that the neighbours of a position are in three zones at most.
/// </summary>
internal sealed class PositionIndex
{
    private const int MostZones = 1 << 20;

    // Rounding of right ascensions near the edge of a window: far above the error, far below any radius that matters.
    private const double Slack = 1e-10;

    private readonly double _radiusDeg,
        _zoneDeg;
    private readonly int[] _start;

    public PositionIndex(SkyPositions positions, double radiusDeg, ParallelOptions parallel)
    {
        var n = positions.Count;
        _radiusDeg = radiusDeg;
        var zones = (int)Math.Clamp(Math.Floor(180 / Math.Max(radiusDeg, 1e-9)), 1, Math.Min(MostZones, Math.Max(1, n)));
        _zoneDeg = 180.0 / zones;
        _start = new int[zones + 1];
        var zoneOf = new int[n];
        for (var i = 0; i < n; i++)
        {
            zoneOf[i] = Zone(positions.DecDeg[i]);
            _start[zoneOf[i] + 1]++;
        }
        for (var z = 0; z < zones; z++)
            _start[z + 1] += _start[z];
        (Rows, Ra) = (new int[n], new double[n]);
        var next = _start.AsSpan(0, zones).ToArray();
        for (var i = 0; i < n; i++)
        {
            var place = next[zoneOf[i]]++;
            (Rows[place], Ra[place]) = (i, positions.RaDeg[i]);
        }
        Parallel.For(0, zones, parallel, z => Array.Sort(Ra, Rows, _start[z], _start[z + 1] - _start[z]));
        (X, Y, Z) = (new double[n], new double[n], new double[n]);
        Parallel.For(
            0,
            zones,
            parallel,
            z =>
            {
                for (var i = _start[z]; i < _start[z + 1]; i++)
                    (X[i], Y[i], Z[i]) = SkyCoordinates.ToUnitVector(Ra[i], positions.DecDeg[Rows[i]]);
            }
        );
    }

    /// <summary>The row that stands at each place of the index.</summary>
    public int[] Rows { get; }

    public double[] Ra { get; }
    public double[] X { get; }
    public double[] Y { get; }
    public double[] Z { get; }

    /// <summary>Ranges of places that hold every position within the radius, and others.</summary>
    /// <param name="ranges">room for six</param>
    /// <returns>how many there are</returns>
    public int Candidates(double raDeg, double decDeg, Span<(int From, int To)> ranges)
    {
        var (low, high) = (Zone(decDeg - _radiusDeg - Slack), Zone(decDeg + _radiusDeg + Slack));
        // The widest the circle becomes in right ascension; around a pole it is all of it.
        var sine = Math.Abs(decDeg) + _radiusDeg >= 90 ? 2 : Math.Sin(_radiusDeg * Constants.Degree) / Math.Cos(decDeg * Constants.Degree);
        var half = sine >= 1 ? 180 : Math.Asin(sine) / Constants.Degree + Slack;
        var count = 0;
        for (var z = low; z <= high; z++)
        {
            if (half >= 180)
            {
                Add(ranges, ref count, z, double.NegativeInfinity, double.PositiveInfinity);
                continue;
            }
            Add(ranges, ref count, z, raDeg - half, raDeg + half);
            if (raDeg - half < 0)
                Add(ranges, ref count, z, raDeg - half + 360, double.PositiveInfinity);
            if (raDeg + half >= 360)
                Add(ranges, ref count, z, double.NegativeInfinity, raDeg + half - 360);
        }
        return count;
    }

    private void Add(Span<(int, int)> ranges, ref int count, int zone, double low, double high)
    {
        var from = FirstNotBelow(_start[zone], _start[zone + 1], low);
        var to = from;
        while (to < _start[zone + 1] && Ra[to] <= high)
            to++;
        if (to > from)
            ranges[count++] = (from, to);
    }

    private int FirstNotBelow(int from, int to, double value)
    {
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (Ra[middle] < value)
                from = middle + 1;
            else
                to = middle;
        }
        return from;
    }

    private int Zone(double decDeg) => Math.Clamp((int)((decDeg + 90) / _zoneDeg), 0, _start.Length - 2);
}
