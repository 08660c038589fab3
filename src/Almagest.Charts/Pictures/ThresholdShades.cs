using System.Buffers.Binary;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Pictures;

/// <summary>What a page paints while the threshold of an anomaly run is dragged: for each cell of a chart, from which share of the stars on
/// one of its own is flagged. It is sent once; a step then costs the page a look at its cells.</summary>
/// <param name="Chart">its name</param>
/// <param name="Window">the part that is shown, as the picture has it</param>
/// <param name="Cells">16 bits for each, the low ones first, row by row from the top: the least share that flags a star there, of
/// 65,534 for one half of the stars; 65,535 = none up to there. As base64</param>
public sealed record ThresholdShades(string Chart, string Window, int Columns, int Rows, string Cells)
{
    /// <summary>The share of a star at a place in the order of scores, as cells have it.</summary>
    public static int ShareOf(int rank, int stars) => (int)Math.Min(65_535, (long)rank * 2 * 65_534 / Math.Max(1, stars));

    /// <param name="ranks">of each star its place in the order of scores; −1 = it has none</param>
    /// <param name="stars">that have one</param>
    public static ThresholdShades Of(
        string chart,
        PointCloud cloud,
        ChartWindow window,
        int[] ranks,
        int stars,
        (int Columns, int Rows) cells
    )
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(ranks);
        var (columns, rows) = cells;
        var least = new ushort[columns * rows];
        Array.Fill(least, ushort.MaxValue);
        for (var i = 0; i < ranks.Length; i++)
        {
            if (ranks[i] < 0 || ranks[i] * 2L > stars)
                continue;
            var (x, y) = cloud[i];
            var (u, v) = ((x - window.Left) / (window.Right - window.Left), (window.Top - y) / (window.Top - window.Bottom));
            if (!(u >= 0 && u < 1 && v >= 0 && v < 1))
                continue;
            ref var cell = ref least[(int)(v * rows) * columns + (int)(u * columns)];
            cell = Math.Min(cell, (ushort)ShareOf(ranks[i], stars));
        }
        var bytes = new byte[2 * least.Length];
        for (var i = 0; i < least.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), least[i]);
        return new ThresholdShades(
            chart,
            FormattableString.Invariant($"{window.Left:R} {window.Right:R} {window.Bottom:R} {window.Top:R}"),
            columns,
            rows,
            Convert.ToBase64String(bytes)
        );
    }
}
