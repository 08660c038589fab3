using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs identify</c> answers.</summary>
internal static class IdentificationView
{
    public static void Show(IAnsiConsole console, IdentificationList stored, int? chosen)
    {
        if (stored.Items.Count == 0)
            console.Say(
                $"The clusters of run {ConsoleText.Short(stored.RunId)} were compared with no catalogue yet: --with DATASET does it."
            );
        foreach (var found in stored.Items)
            Show(console, found, chosen);
    }

    public static void Show(IAnsiConsole console, IdentificationResource found, int? chosen)
    {
        console.Heading(
            $"Run {ConsoleText.Short(found.RunId)}: {ConsoleText.Plural(found.Clusters.Count, "cluster", "clusters")} beside "
                + $"{ConsoleText.Plural(found.KnownClusters, "known one", "known ones")} of {found.Dataset}"
        );
        console.Facts([
            .. found.Columns.Select(c => c.Split(": ", 2)).Select(c => (c[0], (string?)c[^1])),
            ("labels", found.LabelSet),
            (
                "identified",
                $"{ConsoleText.When(found.IdentifiedAt)} UTC, version {found.ProgramVersion}"
                    + (found.IdentifiedBy is { } who ? $", {who}" : "")
            ),
            .. found.Notes.Select(n => ("note", (string?)n)),
        ]);
        var clusters = found.Clusters.Where(c => chosen is null || c.ClusterId == chosen).ToList();
        foreach (var c in clusters)
        {
            console.WriteLine();
            console.Say(
                $"{c.ClusterId.ToString(CultureInfo.InvariantCulture)}  {c.Verdict.Replace('_', ' ')}"
                    + (c.Name is { } name ? $": {name}" : "")
                    + $" ({ConsoleText.Plural(c.Size, "star", "stars")})"
            );
            console.Say($"   {c.Sentence}");
            if (chosen is not null && c.Candidates.Count > 0)
                Show(console, c.Candidates);
        }
        if (clusters.Count == 0)
            console.Say(chosen is { } missing ? $"There is no cluster {missing}." : "The run found no cluster.");
        else if (chosen is null && found.ByChance() is { } chance)
            console.Say($"\n{chance}");
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<ClusterCandidate> candidates)
    {
        var table = ConsoleTables.Of(
            "known cluster",
            "fits",
            ">apart (°)",
            ">position (σ)",
            ">motion (σ)",
            ">parallax (σ)",
            ">all (σ)",
            ">by chance",
            ">members"
        );
        foreach (var c in candidates)
            table.Row(
                c.Name,
                c.Fits ? "yes" : "no",
                ConsoleText.Number(c.SeparationDeg, "0.000"),
                ConsoleText.Number(c.PositionSigma, "0.0"),
                ConsoleText.Number(c.MotionSigma, "0.0"),
                ConsoleText.Number(c.ParallaxSigma, "0.0"),
                ConsoleText.Number(c.Sigma, "0.0"),
                ConsoleText.Number(c.ExpectedByChance, "G2"),
                c.Labelled is null ? "–" : $"{c.Common} of {c.Labelled}"
            );
        console.Write(table);
    }
}
