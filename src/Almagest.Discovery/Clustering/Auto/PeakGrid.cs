namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// Stars counted on a grid of one scale, and its boxes of three cells a side compared with what the field explains there: the larger of
/// what
/// the shell of cells around the box implies, and of what axes that have nothing to do with each other would give (the product of their
/// own distributions). Not for several threads at once.
/// </summary>
internal sealed class PeakGrid
{
    private const int Wide = 128,
        Deep = 48;
    private const double LeastExpected = 0.05;

    // Half widths of the box, of the gap that keeps a cluster's wings out of the shell, and of the shell, cells.
    private const int Box = 1,
        Gap = 2,
        Shell = 4;

    // Sums over the whole grid, from which every box is had at once, cost as much as some 400 cells of the grid for each of the boxes whose
    // shells are counted cell by cell.
    private const int CellsOfShell = 400;

    private readonly int[] _cells;
    private readonly int[] _sizes;
    private readonly int[] _sums;
    private readonly int[][] _marginals;
    private readonly int[] _cellOf;
    private readonly bool[] _seen;
    private readonly List<(int Cell, int On, double Independent)> _full = [];
    private readonly double _shellShare;

    public PeakGrid(int dimensions, int stars)
    {
        _sizes = dimensions == 3 ? [Wide, Wide, Deep] : [2 * Wide, 2 * Wide, 1];
        _cells = new int[_sizes[0] * _sizes[1] * _sizes[2]];
        _sums = new int[(_sizes[0] + 1) * (_sizes[1] + 1) * (_sizes[2] + 1)];
        _marginals = [.. _sizes.Select(s => new int[s + 1])];
        _cellOf = new int[stars];
        _seen = new bool[_cells.Length];
        _shellShare = Math.Pow(2 * Box + 1, dimensions) / (Math.Pow(2 * Shell + 1, dimensions) - Math.Pow(2 * Gap + 1, dimensions));
    }

    /// <summary>The boxes around cells with stars, whose contrast and number of stars are enough and whose excess is above a
    /// limit.</summary>
    /// <param name="centre">the middle of the grid</param>
    /// <param name="visit">called with excess, contrast, stars and the cell</param>
    public void Visit(
        double[][] axes,
        double[] centre,
        double scale,
        int least,
        double leastContrast,
        Action<double, double, int, int> visit
    )
    {
        Count(axes, centre, scale);
        int width = _sizes[1],
            depth = _sizes[2],
            stars = axes[0].Length;
        _full.Clear();
        foreach (var cell in _cellOf)
        {
            if (cell < 0 || _seen[cell])
                continue;
            _seen[cell] = true;
            var (x, y, z) = Place(cell);
            // Where the shell reaches over the edge it has not all of its stars.
            if (x < Shell || y < Shell || x >= _sizes[0] - Shell || y >= width - Shell)
                continue;
            if (depth > 1 && (z < Shell || z >= depth - Shell))
                continue;
            var on = CountBox(x, y, z, Box);
            if (on < least)
                continue;
            var independent = (double)stars * Share(0, x, stars) * Share(1, y, stars) * (depth > 1 ? Share(2, z, stars) : 1);
            // What the shell says can only make more expected.
            if (on >= leastContrast * Math.Max(LeastExpected, independent))
                _full.Add((cell, on, independent));
        }

        var isSummed = _full.Count > _cells.Length / CellsOfShell;
        if (isSummed)
            Integrate();
        foreach (var (cell, on, independent) in _full)
        {
            var (x, y, z) = Place(cell);
            var shell = isSummed ? SumBox(x, y, z, Shell) - SumBox(x, y, z, Gap) : CountBox(x, y, z, Shell) - CountBox(x, y, z, Gap);
            var expected = Math.Max(LeastExpected, Math.Max(_shellShare * (shell + 1), independent));
            if (on >= leastContrast * expected)
                visit(Math.Sqrt(2 * (on * Math.Log(on / expected) - (on - expected))), on / expected, on, cell);
        }
    }

    /// <summary>The middle of a cell.</summary>
    public double[] Middle(int cell, double[] centre, double scale)
    {
        var (x, y, z) = Place(cell);
        int[] place = [x, y, z];
        return [.. centre.Select((c, d) => c + (place[d] + 0.5 - _sizes[d] / 2.0) * scale)];
    }

    /// <summary>Whether two cells are so near that their boxes are one peak.</summary>
    public bool AreNear(int a, int b)
    {
        var (x, y, z) = Place(a);
        var (otherX, otherY, otherZ) = Place(b);
        return Math.Abs(x - otherX) <= Shell && Math.Abs(y - otherY) <= Shell && Math.Abs(z - otherZ) <= Shell;
    }

    private (int X, int Y, int Z) Place(int cell)
    {
        var column = Math.DivRem(cell, _sizes[2], out var z);
        var x = Math.DivRem(column, _sizes[1], out var y);
        return (x, y, z);
    }

    private void Count(double[][] axes, double[] centre, double scale)
    {
        // Of the last count there is something where its stars are alone.
        foreach (var cell in _cellOf)
        {
            if (cell < 0)
                continue;
            _cells[cell] = 0;
            _seen[cell] = false;
        }

        foreach (var marginal in _marginals)
            Array.Clear(marginal);
        var last = axes.Length - 1;
        for (var i = 0; i < _cellOf.Length; i++)
        {
            var cell = 0;
            for (var d = 0; d <= last; d++)
            {
                var at = Math.Floor((axes[d][i] - centre[d]) / scale + _sizes[d] / 2.0);
                if (at >= 0 && at < _sizes[d])
                {
                    _marginals[d][(int)at + 1]++;
                    cell = cell < 0 ? -1 : cell * _sizes[d] + (int)at;
                }
                else
                {
                    cell = -1;
                }
            }

            _cellOf[i] = cell;
            if (cell >= 0)
                _cells[cell]++;
        }

        foreach (var marginal in _marginals)
            for (var i = 1; i < marginal.Length; i++)
                marginal[i] += marginal[i - 1];
    }

    // Sums over all cells before a corner: the stars of any box are eight of them.
    private void Integrate()
    {
        int width = _sizes[1],
            depth = _sizes[2],
            row = depth + 1,
            plane = (width + 1) * row;
        for (var x = 0; x < _sizes[0]; x++)
        {
            for (var y = 0; y < width; y++)
            {
                var to = (x + 1) * plane + (y + 1) * row + 1;
                var sums = _sums.AsSpan(to, depth);
                var before = _sums.AsSpan(to - plane, depth);
                var beside = _sums.AsSpan(to - row, depth);
                var both = _sums.AsSpan(to - plane - row, depth);
                var line = 0;
                for (var z = 0; z < sums.Length; z++)
                {
                    line += _cells[(x * width + y) * depth + z];
                    sums[z] = line + before[z] + beside[z] - both[z];
                }
            }
        }
    }

    // The stars of a box, cell by cell.
    private int CountBox(int x, int y, int z, int half)
    {
        int width = _sizes[1],
            depth = _sizes[2],
            stars = 0;
        int near = Math.Max(0, z - half),
            far = Math.Min(depth, z + half + 1);
        for (var i = x - half; i <= x + half; i++)
        for (var j = y - half; j <= y + half; j++)
            foreach (var cell in _cells.AsSpan((i * width + j) * depth + near, far - near))
                stars += cell;
        return stars;
    }

    // The same, of the sums.
    private int SumBox(int x, int y, int z, int half)
    {
        int depth = _sizes[2],
            row = depth + 1,
            plane = (_sizes[1] + 1) * row;
        int low = (x - half) * plane,
            high = (x + half + 1) * plane;
        int left = (y - half) * row,
            right = (y + half + 1) * row;
        int near = Math.Max(0, z - half),
            far = Math.Min(depth, z + half + 1);
        return _sums[high + right + far]
            - _sums[low + right + far]
            - _sums[high + left + far]
            - _sums[high + right + near]
            + _sums[low + left + far]
            + _sums[low + right + near]
            + _sums[high + left + near]
            - _sums[low + left + near];
    }

    private double Share(int dimension, int at, int stars) =>
        (double)(_marginals[dimension][at + Box + 1] - _marginals[dimension][at - Box]) / stars;
}
