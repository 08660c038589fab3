using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Runs.Changes;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers of two runs over two datasets.</summary>
internal static class ChangesView
{
    public static void Show(IAnsiConsole console, RunChanges changes, StarChangePage page)
    {
        var found = changes.Resource;
        console.Heading($"{ConsoleText.Short(found.Run1Id)} and {ConsoleText.Short(found.Run2Id)}: what changed");
        var table = ConsoleTables.Of("", "run", "dataset", "~parameters", ">analysed", ">flagged");
        foreach (
            var (name, run, dataset, flagged) in new[]
            {
                ("1", changes.Run1, found.Dataset1, found.Flagged1),
                ("2", changes.Run2, found.Dataset2, found.Flagged2),
            }
        )
            table.Row(
                name,
                ConsoleText.Short(run.RunId),
                ConsoleText.Clip(dataset, 24),
                ParameterText.WithDetector(run.Algorithm, ParameterText.Full(run.Algorithm, run.Parameters)),
                ConsoleText.Count(run.TotalStars),
                ConsoleText.Count(flagged)
            );
        console.Write(table);
        console.Facts(
            ("same stars", DatasetComparisonView.Pairing(found.Pairing)),
            ("analysed by both", ConsoleText.Count(found.AnalysedByBoth)),
            (
                "flagged by both",
                $"{ConsoleText.Count(found.Kept)} ({ConsoleText.Number(found.ExpectedByChance, "0.#")} expected by chance; kappa "
                    + $"{ConsoleText.Number(found.Kappa, "0.000")})"
            ),
            ("new flags", ConsoleText.Count(found.New) + Causes(found.NewCauses)),
            ("gone flags", ConsoleText.Count(found.Gone) + Causes(found.GoneCauses))
        );
        if (found.WhyNotTold is { } why)
            console.Say($"Causes are not told of stars that both runs analysed: {why}.");
        foreach (var note in found.Pairing.Notes.Concat(found.Notes))
            console.Say(note);
        if (page.Items.Count == 0)
            return;
        console.Say(
            page.Truncated ? $"\nThe first {page.Items.Count} of {ConsoleText.Count(page.Total)} changed flags:" : "\nChanged flags:"
        );
        var stars = ConsoleTables.Of("", "source_id", ">score 1", ">score 2", "cause", "~why");
        foreach (var s in page.Items)
            stars.Row(
                s.Change,
                s.SourceId2 is { } id2 && s.SourceId1 is { } id1 && id1 != id2 ? $"{id1} = {id2}" : s.SourceId2 ?? s.SourceId1 ?? "",
                ConsoleText.Number(s.Score1, "0.000"),
                ConsoleText.Number(s.Score2, "0.000"),
                s.Cause.Replace('_', ' '),
                s.Sentence
            );
        console.Write(stars);
    }

    private static string Causes(IReadOnlyDictionary<string, long> causes) =>
        causes.Count == 0 ? "" : $" ({string.Join(", ", causes.Select(c => $"{c.Key.Replace('_', ' ')} {ConsoleText.Count(c.Value)}"))})";
}
