using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>discover k-distance</c>: what helps to choose DBSCAN's eps.</summary>
internal static class KDistanceCommand
{
    private static readonly double[] s_shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var dataset = OptionFactory.Text(
            "--dataset",
            "NAME",
            "The dataset, by name or number; may be left out where there is just one",
            "-d"
        );
        var filter = OptionFactory.Text("--filter", "TERMS", "Which of its stars", "-f");
        var features = OptionFactory.Text("--features", "RECIPE", "Feature recipe (default: the one that a cluster run would take)");
        var minSamples = OptionFactory.Whole(
            "--min-samples",
            "N",
            $"DBSCAN's min_samples: the distance to this neighbour, the star itself included (default {new DbscanParameters().MinSamples})",
            1,
            10_000
        );
        var command = new DescribedCommand(
            "k-distance",
            "Suggest DBSCAN's eps from the distances to the k-th neighbours, and show what values around it would find",
            "almagest discover k-distance --dataset praesepe --features astrometric --min-samples 15"
        )
        {
            dataset,
            filter,
            features,
            minSamples,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var selection = StarFilterText.Parse(parsed.GetValue(filter));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await DatasetChoice.ResolveAnyAsync(session.Ledger, parsed.GetValue(dataset), shell.CancellationToken);
                var k = (int)(parsed.GetValue(minSamples) ?? new DbscanParameters().MinSamples);
                var advice = await new DiscoveryService(session.Ledger).KDistanceAsync(
                    found.Name,
                    selection,
                    parsed.GetValue(features),
                    k,
                    shell.CancellationToken
                );
                var next = new List<string> { "discover", "clusters", "--dataset", found.Name };
                if (parsed.GetValue(filter) is { Length: > 0 } terms)
                    next.AddRange(["--filter", terms]);
                shell.Answer(
                    advice.ToResource(found.Name),
                    console => Show(console, advice, $"{found.Name}: {selection.Describe()}", next)
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static void Show(IAnsiConsole console, EpsAdvice advice, string stars, IReadOnlyList<string> next)
    {
        var (curve, k) = (advice.Curve, advice.Curve.K);
        console.Heading($"Distance to neighbour {k} among {stars}, {advice.Recipe.Name}");
        console.Facts([
            .. advice.Choice is { } choice ? new[] { ("features", (string?)choice.Reason) } : [],
            ("excluded", AnalysedText.NotAnalysed(advice.TotalStars, advice.Excluded)),
            .. s_shares.Select(share => ($"{share:P0} of the stars", (string?)$"nearer than {Eps(At(curve.Distances, share))}")),
        ]);
        if (curve.SuggestedEps is not { } suggested)
        {
            console.Say("All distances are zero: no eps can be suggested.");
            return;
        }
        console.Say($"\nWhat DBSCAN finds with min_samples {k}:");
        var table = ConsoleTables.Of(">eps", ">clusters", ">stars in the largest", ">in none", "");
        foreach (var c in advice.Candidates)
        {
            table.Row(
                Eps(c.Eps),
                ConsoleText.Count(c.Clusters),
                $"{ConsoleText.Count(c.LargestCluster)} ({ConsoleText.SharePercent((double)c.LargestCluster / advice.TotalStars)})",
                ConsoleText.SharePercent((double)c.Noise / advice.TotalStars),
                c.IsSuggested ? "suggested" : ""
            );
        }
        console.Write(table);
        console.Say("A largest cluster that keeps growing with eps is the field; one that keeps its size is a clump. Try:");
        // Whole, so that a copy of it is the run that the table speaks of.
        string[] command = ["almagest", .. next, "--features", advice.Recipe.Name, "--eps", Eps(suggested), "--min-samples", Whole(k)];
        console.Profile.Out.Writer.WriteLine(string.Join(' ', command.Select(ShellWord)));
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A word as a shell takes it: quoted where it has anything but letters, digits and what stands for nothing else.</summary>
    private static string ShellWord(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:/@%+=".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Eps(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static double At(double[] ascending, double share) => ascending[(int)Math.Round(share * (ascending.Length - 1))];
}
