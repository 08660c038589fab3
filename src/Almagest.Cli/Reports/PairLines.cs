using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Runs.Comparison;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Pairs of runs with their significance.</summary>
internal static class PairLines
{
    /// <param name="name">how a run is called; its short id where there is none</param>
    public static void Show(IAnsiConsole console, IReadOnlyList<PairSignificance> pairs, Func<Guid, string>? name = null)
    {
        name ??= ConsoleText.Short;
        var rand = pairs.Any(p => p.AdjustedRandIndex is not null);
        var table = ConsoleTables.Of([
            "run",
            "run",
            ">common",
            ">expected",
            ">Jaccard",
            ">kappa",
            .. rand ? [">Rand"] : Array.Empty<string>(),
            ">q value",
        ]);
        foreach (var p in pairs)
        {
            table.Row([
                name(p.Run1.RunId),
                name(p.Run2.RunId),
                ConsoleText.Count(p.Overlap.Common),
                ConsoleText.Number(p.Overlap.Expected, "0.#"),
                ConsoleText.Number(p.Overlap.Jaccard, "0.00"),
                ConsoleText.Number(p.Overlap.Kappa, "0.00"),
                .. rand ? [ConsoleText.Number(p.AdjustedRandIndex, "0.00")] : Array.Empty<string>(),
                p.Overlap.Shared == 0 ? "–"
                : p.SharesDetector ? "no test: one detector"
                : Chance(p.Log10QValue),
            ]);
        }
        console.Write(table);
    }

    /// <summary>A chance by its log10, e.g. <c>0.013</c> or <c>10^-180</c>.</summary>
    public static string Chance(double log10) =>
        log10 > -3
            ? Math.Pow(10, log10).ToString("0.###", CultureInfo.InvariantCulture)
            : $"10^{log10.ToString("0", CultureInfo.InvariantCulture)}";
}
