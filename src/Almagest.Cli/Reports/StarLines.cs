using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Stars with their catalogue columns, as lists of stars show them.</summary>
internal static class StarLines
{
    /// <summary>The stars of these ids, in the order of the ids.</summary>
    /// <param name="filled">what the run fills; null = nothing</param>
    public static async Task<IReadOnlyList<ScoredStar>> LoadAsync(
        LedgerDatabase ledger,
        IReadOnlyList<(long StarId, double? Score)> wanted,
        FilledValues? filled,
        CancellationToken cancellationToken
    )
    {
        var ids = wanted.Select(w => w.StarId).ToArray();
        await using var context = ledger.CreateContext();
        var stars = await context.Stars.Where(s => ids.Contains(s.StarId)).ToDictionaryAsync(s => s.StarId, cancellationToken);
        return [.. wanted.Where(w => stars.ContainsKey(w.StarId)).Select(w => stars[w.StarId].ToScoredStar(w.Score, filled))];
    }

    /// <summary>What is asked first of an unusual star: how well its parallax is measured, whether the solution fits, what was
    /// filled.</summary>
    public static void Show(IAnsiConsole console, IReadOnlyList<ScoredStar> stars)
    {
        var (errors, ruwe) = (stars.Any(s => s.ParallaxErrorMas is not null), stars.Any(s => s.Ruwe is not null));
        var chances = stars.Any(s => s.FlagProbability is not null);
        var filled = stars.Any(s => s.Filled is { Count: > 0 });
        // On a narrow terminal the place, which the id stands for, makes room for what tells whether to believe the star.
        var place = console.Profile.Width >= 100 || !(errors || ruwe || filled || chances);
        var table = ConsoleTables.Of([
            "source_id",
            .. Only(place, ">RA (°)", ">Dec (°)"),
            ">mag",
            ">colour",
            ">plx (mas)",
            .. Only(errors, ">± error", ">S/N"),
            .. Only(ruwe, ">RUWE"),
            ">score",
            .. Only(chances, ">P(flag)"),
            .. Only(filled, "filled"),
        ]);
        foreach (var s in stars)
        {
            table.Row([
                s.SourceId,
                .. Only(place, ConsoleText.RightAscension(s.RaDeg, "0.0000"), ConsoleText.Number(s.DecDeg, "+0.0000;-0.0000")),
                ConsoleText.Number(s.Magnitude, "0.00"),
                ConsoleText.Number(s.Color, "0.00"),
                ConsoleText.Number(s.ParallaxMas, "0.00"),
                .. Only(errors, ConsoleText.Number(s.ParallaxErrorMas, "0.00"), ConsoleText.Number(s.ParallaxOverError, "0.0")),
                .. Only(ruwe, ConsoleText.Number(s.Ruwe, "0.00")),
                ConsoleText.Number(s.AnomalyScore, "0.000"),
                .. Only(chances, ConsoleText.Number(s.FlagProbability, "0.00")),
                .. Only(filled, string.Join(", ", s.Filled ?? [])),
            ]);
        }
        console.Write(table);
    }

    private static string[] Only(bool wanted, params string[] cells) => wanted ? cells : [];
}
