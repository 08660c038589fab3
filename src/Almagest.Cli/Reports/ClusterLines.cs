using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Clusters as an astronomer describes them.</summary>
internal static class ClusterLines
{
    /// <summary>The clusters, largest first.</summary>
    public static IReadOnlyList<ClusterDescription> Describe(StarColumns stars, ClusterResult found, int limit)
    {
        var labels = found.Labels;
        var members = new Dictionary<int, List<int>>();
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0)
                continue;
            if (!members.TryGetValue(labels[i], out var list))
                members[labels[i]] = list = [];
            list.Add(i);
        }
        return
        [
            .. members
                .OrderByDescending(m => m.Value.Count)
                .ThenBy(m => m.Key)
                .Take(limit)
                .Select(m => Describe(m.Key, m.Value, stars, found.Clusters?[m.Key])),
        ];
    }

    private static ClusterDescription Describe(int cluster, List<int> rows, StarColumns stars, FoundCluster? judged)
    {
        double x = 0,
            y = 0,
            z = 0;
        foreach (var row in rows)
        {
            var (sinRa, cosRa) = Math.SinCos(double.DegreesToRadians(stars.RaDeg[row]));
            var (sinDec, cosDec) = Math.SinCos(double.DegreesToRadians(stars.DecDeg[row]));
            x += cosDec * cosRa;
            y += cosDec * sinRa;
            z += sinDec;
        }
        var ra = double.RadiansToDegrees(Math.Atan2(y, x));
        return new ClusterDescription(
            cluster,
            rows.Count,
            ra < 0 ? ra + 360 : ra,
            double.RadiansToDegrees(Math.Atan2(z, Math.Sqrt(x * x + y * y))),
            Median(rows, stars.ParallaxMas),
            Median(rows, stars.PmraMasYr),
            Median(rows, stars.PmdecMasYr),
            judged?.Contrast,
            judged?.Significance
        );
    }

    private static double? Median(List<int> rows, double[] column)
    {
        var known = rows.Select(r => column[r]).Where(double.IsFinite).Order().ToArray();
        if (known.Length == 0)
            return null;
        var middle = known.Length / 2;
        return known.Length % 2 == 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
    }

    public static void Show(IAnsiConsole console, IReadOnlyList<ClusterDescription> clusters)
    {
        var judged = clusters.Any(c => c.Contrast is not null);
        string[] heads = [">cluster", ">stars", ">RA (°)", ">Dec (°)", ">plx (mas)", ">dist (pc)", ">pmRA", ">pmDec"];
        var table = ConsoleTables.Of(judged ? [.. heads, ">contrast", ">σ"] : heads);
        foreach (var c in clusters)
        {
            string[] cells =
            [
                c.ClusterId.ToString(),
                ConsoleText.Count(c.ClusterSize),
                ConsoleText.Number(c.CentreRaDeg, "0.00"),
                ConsoleText.Number(c.CentreDecDeg, "+0.00;-0.00"),
                ConsoleText.Number(c.ParallaxMas, "0.00"),
                c.ParallaxMas > 0 ? ConsoleText.Number(1000 / c.ParallaxMas, "0") : "–",
                ConsoleText.Number(c.PmraMasYr, "+0.0;-0.0"),
                ConsoleText.Number(c.PmdecMasYr, "+0.0;-0.0"),
            ];
            table.Row(judged ? [.. cells, ConsoleText.Number(c.Contrast, "0.#"), ConsoleText.Number(c.Significance, "0.0")] : cells);
        }
        console.Write(table);
    }
}
