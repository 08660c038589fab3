using Almagest.Charts.Drawing;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;

namespace Almagest.Charts.Pictures;

/// <summary>How far many runs agree, as a matrix in colour with alike runs side by side.</summary>
public static class RunMatrix
{
    /// <summary>Of more runs than these a page has what differs in a table beside, and the matrix its room.</summary>
    private const int MostDescribed = 10;

    /// <param name="link">where a click on a cell leads; null = nowhere</param>
    /// <returns>the picture, and the places of the table's runs in its order</returns>
    public static (string Svg, IReadOnlyList<int> Order) Draw(RunTable table, Func<Guid, Guid, string>? link = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var (runs, n) = (table.Runs, table.Runs.Count);
        var place = runs.Index().ToDictionary(r => r.Item.Run.RunId, r => r.Index);
        var cells = new double?[n, n];
        for (var i = 0; i < n; i++)
            cells[i, i] = 1;
        foreach (var p in table.Pairs)
        {
            var (i, j) = (place[p.Run1.RunId], place[p.Run2.RunId]);
            cells[i, j] = cells[j, i] =
                p.Overlap.Shared == 0 ? null
                : p.Run1.RunType == RunTypes.Anomaly ? p.Overlap.Jaccard
                : p.AdjustedRandIndex ?? 0;
        }
        var order = HeatMap.Order(cells);
        var sorted = new double?[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                sorted[i, j] = cells[order[i], order[j]];
        }
        return (
            HeatMap.Draw(
                [.. order.Select(i => DisplayText.Short(runs[i].Run.RunId))],
                sorted,
                "Matrix of how far runs agree",
                runs[0].Run.RunType == RunTypes.Anomaly ? "Jaccard similarity of flags" : "adjusted Rand index",
                link is null ? null : (i, j) => link(runs[order[i]].Run.RunId, runs[order[j]].Run.RunId),
                link is null || n <= MostDescribed ? [.. order.Select(i => Clip(Words(runs[i].Run)))] : null
            ),
            order
        );
    }

    /// <summary>What a run is, beside its id: its algorithm and what tells most of its parameters.</summary>
    internal static string Words(DiscoveryRun run) => $"{DisplayText.Algorithm(run.Algorithm)}, {DisplayText.ShortParameters(run)}";

    private static string Clip(string words)
    {
        const int Most = 32;
        return words.Length <= Most ? words : words[..(Most - 1)].TrimEnd(' ', ',') + "…";
    }
}
