using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>A star with its catalogue columns, as lists of stars show it.</summary>
internal sealed record StarLine(
    long StarId, string SourceId, double RaDeg, double DecDeg, double? Magnitude, double? Color, double? ParallaxMas, double? PmraMasYr, double? PmdecMasYr, double? AnomalyScore)
{
    /// <summary>The stars of these ids, in the order of the ids.</summary>
    public static async Task<IReadOnlyList<StarLine>> LoadAsync(LedgerDatabase ledger, IReadOnlyList<(long StarId, double? Score)> wanted, CancellationToken cancellation)
    {
        var ids = wanted.Select(w => w.StarId).ToArray();
        await using var context = ledger.CreateContext();
        var stars = await context.Stars.Where(s => ids.Contains(s.StarId)).ToDictionaryAsync(s => s.StarId, cancellation);
        return [.. wanted.Where(w => stars.ContainsKey(w.StarId)).Select(w => Of(stars[w.StarId], w.Score))];
    }

    static StarLine Of(Star s, double? score) =>
        new(s.StarId, s.SourceId, s.RaDeg, s.DecDeg, s.Magnitude, s.Color, s.ParallaxMas, s.PmraMasYr, s.PmdecMasYr, score);

    public static void Show(IAnsiConsole console, IReadOnlyList<StarLine> stars)
    {
        var table = Tables.Of("source_id", ">RA (°)", ">Dec (°)", ">mag", ">colour", ">plx (mas)", ">score");
        foreach (var s in stars)
        {
            table.Row(s.SourceId, Words.Number(s.RaDeg, "0.0000"), Words.Number(s.DecDeg, "+0.0000;-0.0000"), Words.Number(s.Magnitude, "0.00"),
                Words.Number(s.Color, "0.00"), Words.Number(s.ParallaxMas, "0.00"), Words.Number(s.AnomalyScore, "0.000"));
        }
        console.Write(table);
    }
}
