using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What a sweep of cluster sizes answers: one line a run.</summary>
internal static class SweepReport
{
    public static void Show(IAnsiConsole console, IReadOnlyList<DiscoveryReport> reports, int treesBuilt)
    {
        var first = reports[0].Outcome;
        var algorithm = first.Request.Parameters.Algorithm;
        var shared = algorithm.Shares!;
        var (datasets, selection) = (string.Join(" + ", first.Datasets), first.Request.Filter.Describe());
        console.Heading($"{ConsoleText.Plural(reports.Count, "run", "runs")} over {datasets}: {selection}");
        console.Facts([
            ("features", DiscoveryReport.Features(first.Analysis)),
            .. first.RecipeChoice is { } choice ? new[] { ("", (string?)choice.Reason) } : [],
            ("stars", AnalysedText.Selected(first.Analysis.Stars.Count, first.Analysis.Excluded, datasets, selection)),
            ("excluded", AnalysedText.NotAnalysed(first.Analysis.Stars.Count, first.Analysis.Excluded)),
            (
                shared.Name + "s",
                treesBuilt == 1 ? "one for all runs" : $"{treesBuilt}: {Option(algorithm, shared.FixedBy)} N makes one of them"
            ),
            .. first.Analysis.Features.Notes.Select(n => ("note", (string?)n)),
        ]);
        var shown = algorithm.Parameters.Where(p => p.Kind is ParameterKind.Whole or ParameterKind.Real).ToList();
        var table = ConsoleTables.Of([
            "run",
            .. shown.Select(p => $">{p.Option.Replace('-', ' ')}"),
            ">clusters",
            ">largest",
            ">in none",
            ">compute",
        ]);
        foreach (var outcome in reports.Select(r => r.Outcome))
        {
            var values = JsonNode.Parse(outcome.Request.Parameters.ToJson())!.AsObject();
            var found = outcome.Analysis.Clusters!;
            table.Row([
                outcome.RunId is { } id ? ConsoleText.Short(id) : "not saved",
                .. shown.Select(p => (values[p.Name] ?? values[p.WhenNull ?? ""])?.ToString() ?? ""),
                ConsoleText.Count(found.ClusterCount),
                ConsoleText.Count(found.Sizes.DefaultIfEmpty().Max()),
                ConsoleText.SharePercent((double)found.NoiseCount / Math.Max(1, found.OfLabels.Count)),
                ConsoleText.Duration(outcome.Timings.Compute),
            ]);
        }
        console.Write(table);
        if (first.RunId is { } saved)
            console.Say($"See one of them: almagest runs show {ConsoleText.Short(saved)}");
    }

    private static string Option(Algorithm algorithm, string parameter) =>
        $"--{algorithm.Parameters.Single(p => p.Name == parameter).Option}";
}
