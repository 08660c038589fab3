using Almagest.Sky;

namespace Almagest.Ledger.Views.DatasetCoverage;

/// <summary>The cells of <c>mv_dataset_coverage</c>: HEALPix (Górski et al. 2005), nested scheme, order 6 (NSIDE 64).</summary>
public static class SkyCell
{
    public const int Order = 6;

    /// <summary>49,152 cells cover the sky.</summary>
    public static readonly long Count = Healpix.CellCount(Order);

    /// <summary>Area of every cell, square degrees: the sphere's over their number, 0.8393.</summary>
    public static readonly double AreaDeg2 = 4 * Math.PI * Math.Pow(180 / Math.PI, 2) / Count;

    /// <summary>Centre of a cell, ICRS degrees.</summary>
    public static (double RaDeg, double DecDeg) Centre(long cell) => Healpix.PixToAng(Order, cell);

    /// <summary>The cells that a cone touches, ascending; of a wide cone also some next to its rim.</summary>
    /// <exception cref="ArgumentOutOfRangeException">an argument is out of range or not finite</exception>
    public static long[] InCone(double raDeg, double decDeg, double radiusDeg)
    {
        const int Finer = 2 * (Healpix.MaxOrder - Order);
        var cells = new SortedSet<long>();
        foreach (var (low, high) in Healpix.ConeRanges(raDeg, decDeg, radiusDeg))
        {
            for (var cell = low >> Finer; cell <= high >> Finer; cell++)
                cells.Add(cell);
        }
        return [.. cells];
    }
}
