using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What a sweep of cluster sizes answers: one line a run.</summary>
internal static class SweepReport
{
    public static void Show(IAnsiConsole console, IReadOnlyList<DiscoveryReport> reports, int treesBuilt)
    {
        var first = reports[0].Outcome;
        console.Heading($"{reports.Count} runs over {string.Join(" + ", first.Datasets)}: {first.Request.Filter.Describe()}");
        console.Facts([
            ("features", DiscoveryReport.Features(first.Analysis)),
            .. first.RecipeChoice is { } choice ? new[] { ("", (string?)choice.Reason) } : [],
            ("stars", Words.Count(first.Analysis.Stars.Count)),
            ("trees", treesBuilt == 1 ? "one for all runs" : $"{treesBuilt}: --min-samples N makes one of them"),
            .. first.Analysis.Features.Notes.Select(n => ("note", (string?)n))]);
        var table = Tables.Of("run", ">min size", ">min samples", ">clusters", ">largest", ">in none", ">compute");
        foreach (var outcome in reports.Select(r => r.Outcome))
        {
            var p = (HdbscanParameters)outcome.Request.Parameters;
            var found = outcome.Analysis.Clusters!;
            table.Row(outcome.RunId is { } id ? Words.Short(id) : "not saved", p.MinClusterSize.ToString(CultureInfo.InvariantCulture), (p.MinSamples ?? p.MinClusterSize).ToString(CultureInfo.InvariantCulture),
                Words.Count(found.ClusterCount), Words.Count(found.Labels.Where(l => l >= 0).CountBy(l => l).Select(c => c.Value).DefaultIfEmpty().Max()),
                Words.Percent((double)found.NoiseCount / Math.Max(1, found.Labels.Length)), Words.Duration(outcome.Timings.Compute));
        }
        console.Write(table);
        if (first.RunId is { } saved) console.Say($"See one of them: almagest runs show {Words.Short(saved)}");
    }
}
