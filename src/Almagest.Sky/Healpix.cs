namespace Almagest.Sky;

/// <summary>
/// HEALPix cells of equal area in the nested scheme (Górski et al. 2005, ApJ 622, 759). At order k the sphere has
/// 12 × 4^k cells, numbered from 0; the four children of cell p are 4p … 4p+3.
/// </summary>
public static partial class Healpix
{
    /// <summary>The finest order whose cell numbers fit a signed 64-bit integer: cells of 0.4 mas.</summary>
    public const int MaxOrder = 29;

    /// <summary>The number of cells at an order of 0 … 29.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the order is outside 0 … 29</exception>
    public static long CellCount(int order)
    {
        CheckOrder(order);
        return 12L << (2 * order);
    }

    /// <summary>The nested cell that holds a position.</summary>
    /// <param name="order">0 … 29</param>
    /// <param name="raDeg">right ascension (or any longitude), degrees, any finite value</param>
    /// <param name="decDeg">declination, degrees in [-90, 90]</param>
    /// <exception cref="ArgumentOutOfRangeException">an argument is out of range or not finite</exception>
    public static long AngToPix(int order, double raDeg, double decDeg)
    {
        CheckOrder(order);
        CheckPosition(raDeg, decDeg);
        // Every step of the projection scales exactly with powers of two, so the finest cell's ancestor is the cell.
        return Finest(SkyCoordinates.NormaliseDegrees(raDeg), decDeg) >> (2 * (MaxOrder - order));
    }

    /// <summary>The centre of a nested cell, degrees: right ascension in [0, 360), declination in (-90, 90).</summary>
    /// <exception cref="ArgumentOutOfRangeException">the order or the cell does not exist</exception>
    public static (double RaDeg, double DecDeg) PixToAng(int order, long cell)
    {
        CheckCell(order, cell);
        var nside = 1L << order;
        var face = (int)(cell >> (2 * order));
        var x = Compact(cell & (nside * nside - 1));
        var y = Compact((cell & (nside * nside - 1)) >> 1);

        var facesRow = face / 4;
        var ring = (facesRow + 2) * nside - x - y - 1; // rings count from 1 at the north pole
        var facesColumn = facesRow == 1 ? 2 * (face % 4) : 2 * (face % 4) + 1;
        long perQuadrant;
        double dec;
        if (ring < nside || ring > 3 * nside)
        {
            perQuadrant = Math.Min(ring, 4 * nside - ring);
            // 1 - |sin dec| = (ring / nside)² / 3; half the polar distance from it, which stays exact at the pole.
            var ratio = (double)perQuadrant / nside;
            var colatitude = 2 * Math.Asin(ratio * Math.Sqrt(1.0 / 6)) / Constants.Degree;
            dec = ring < nside ? 90 - colatitude : colatitude - 90;
        }
        else
        {
            perQuadrant = nside;
            dec = Math.Asin((2 * nside - ring) * 2.0 / (3 * nside)) / Constants.Degree;
        }

        var step = facesColumn * perQuadrant + x - y;
        if (step < 0)
            step += 8 * perQuadrant;
        return (45.0 * step / perQuadrant, dec);
    }

    /// <summary>The cell one order coarser, or <paramref name="levels"/> orders coarser.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the cell is negative or levels outside 0 … 29</exception>
    public static long Parent(long cell, int levels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cell);
        CheckOrder(levels);
        return cell >> (2 * levels);
    }

    /// <summary>The first and last descendants of a cell at a finer order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the order or the cell does not exist, or the finer order is coarser</exception>
    public static (long First, long Last) Descendants(int order, long cell, int finerOrder)
    {
        CheckCell(order, cell);
        CheckOrder(finerOrder);
        ArgumentOutOfRangeException.ThrowIfLessThan(finerOrder, order);
        var shift = 2 * (finerOrder - order);
        return (cell << shift, ((cell + 1) << shift) - 1);
    }

    /// <summary>The largest angle between a cell's centre and its corners at an order, radians.</summary>
    internal static double MaxCellRadius(int order)
    {
        // The most elongated cells touch the meridian where the polar caps begin (sin dec = 2/3).
        var nside = (double)(1L << order);
        var inward = 1 - 1 / nside;
        var corner = SkyCoordinates.ToUnitVector(0, Math.Asin(1 - inward * inward / 3) / Constants.Degree);
        var centre = SkyCoordinates.ToUnitVector(45 / nside, Math.Asin(2.0 / 3) / Constants.Degree);
        return 2 * Math.Asin((corner - centre).Norm / 2);
    }

    private static long Finest(double raDeg, double decDeg)
    {
        const long Nside = 1L << MaxOrder;
        var quadrants = raDeg / 90; // in [0, 4)
        var z = Math.Sin(decDeg * Constants.Degree);
        long face,
            x,
            y;
        if (Math.Abs(z) <= 2.0 / 3)
        {
            var along = Nside * (0.5 + quadrants);
            var up = Nside * (z * 0.75);
            var rising = (long)(along - up); // index of the line that ascends through the position
            var falling = (long)(along + up); // and of the one that descends
            var p = rising >> MaxOrder;
            var m = falling >> MaxOrder;
            face =
                p == m ? (p & 3) | 4
                : p < m ? p & 3
                : (m & 3) + 8;
            x = falling & (Nside - 1);
            y = Nside - (rising & (Nside - 1)) - 1;
        }
        else
        {
            var quadrant = Math.Min(3, (int)quadrants);
            var within = quadrants - quadrant;
            // sqrt(3 (1 - |z|)) without the cancellation at the pole
            var fromPole = Nside * Math.Sin((90 - Math.Abs(decDeg)) * Constants.Degree) * Math.Sqrt(3 / (1 + Math.Abs(z)));
            var p = Math.Min(Nside - 1, (long)(within * fromPole));
            var m = Math.Min(Nside - 1, (long)((1 - within) * fromPole));
            (face, x, y) = z > 0 ? (quadrant, Nside - m - 1, Nside - p - 1) : (quadrant + 8, p, m);
        }

        return (face << (2 * MaxOrder)) + Spread(x) + (Spread(y) << 1);
    }

    /// <summary>The bits of v moved to the even places.</summary>
    private static long Spread(long v)
    {
        v = (v | (v << 16)) & 0x0000FFFF0000FFFF;
        v = (v | (v << 8)) & 0x00FF00FF00FF00FF;
        v = (v | (v << 4)) & 0x0F0F0F0F0F0F0F0F;
        v = (v | (v << 2)) & 0x3333333333333333;
        return (v | (v << 1)) & 0x5555555555555555;
    }

    /// <summary>The even bits of v moved together.</summary>
    private static long Compact(long v)
    {
        v &= 0x5555555555555555;
        v = (v | (v >> 1)) & 0x3333333333333333;
        v = (v | (v >> 2)) & 0x0F0F0F0F0F0F0F0F;
        v = (v | (v >> 4)) & 0x00FF00FF00FF00FF;
        v = (v | (v >> 8)) & 0x0000FFFF0000FFFF;
        return (v | (v >> 16)) & 0x00000000FFFFFFFF;
    }

    private static void CheckOrder(int order)
    {
        if (order is < 0 or > MaxOrder)
            throw new ArgumentOutOfRangeException(nameof(order), order, $"a HEALPix order is between 0 and {MaxOrder}");
    }

    private static void CheckCell(int order, long cell)
    {
        if (cell < 0 || cell >= CellCount(order))
            throw new ArgumentOutOfRangeException(nameof(cell), cell, $"order {order} has the cells 0 to {CellCount(order) - 1}");
    }

    private static void CheckPosition(double raDeg, double decDeg)
    {
        if (!double.IsFinite(raDeg))
            throw new ArgumentOutOfRangeException(nameof(raDeg), raDeg, "a right ascension is a finite number of degrees");
        if (!(decDeg is >= -90 and <= 90))
            throw new ArgumentOutOfRangeException(nameof(decDeg), decDeg, "a declination lies between -90 and 90 degrees");
    }
}
