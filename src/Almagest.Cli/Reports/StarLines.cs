using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Resources;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Stars with their catalogue columns, as lists of stars show them.</summary>
internal static class StarLines
{
    /// <summary>The stars of these ids, in the order of the ids.</summary>
    public static async Task<IReadOnlyList<ScoredStar>> LoadAsync(
        LedgerDatabase ledger,
        IReadOnlyList<(long StarId, double? Score)> wanted,
        CancellationToken cancellationToken
    )
    {
        var ids = wanted.Select(w => w.StarId).ToArray();
        await using var context = ledger.CreateContext();
        var stars = await context.Stars.Where(s => ids.Contains(s.StarId)).ToDictionaryAsync(s => s.StarId, cancellationToken);
        return [.. wanted.Where(w => stars.ContainsKey(w.StarId)).Select(w => stars[w.StarId].ToScoredStar(w.Score))];
    }

    public static void Show(IAnsiConsole console, IReadOnlyList<ScoredStar> stars)
    {
        var table = ConsoleTables.Of("source_id", ">RA (°)", ">Dec (°)", ">mag", ">colour", ">plx (mas)", ">score");
        foreach (var s in stars)
        {
            table.Row(
                s.SourceId,
                ConsoleText.Number(s.RaDeg, "0.0000"),
                ConsoleText.Number(s.DecDeg, "+0.0000;-0.0000"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                ConsoleText.Number(s.Color, "0.00"),
                ConsoleText.Number(s.ParallaxMas, "0.00"),
                ConsoleText.Number(s.AnomalyScore, "0.000")
            );
        }
        console.Write(table);
    }
}
