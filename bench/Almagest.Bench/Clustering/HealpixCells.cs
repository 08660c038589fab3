using System.Runtime.InteropServices;
using Almagest.Sky;

namespace Almagest.Bench.Clustering;

/// <summary>
/// Cells of a file of (order, ra, dec) doubles, written as 64-bit integers: our side of <c>bench/compare/healpix_astropy.py</c>.
/// </summary>
internal static class HealpixCells
{
    public static int Run(string source, string target)
    {
        var values = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(source));
        var cells = new long[values.Length / 3];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = Healpix.AngToPix((int)values[3 * i], values[3 * i + 1], values[3 * i + 2]);
        File.WriteAllBytes(target, MemoryMarshal.AsBytes(cells.AsSpan()).ToArray());
        return 0;
    }
}
