using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Features;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Selections;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>discover k-distance</c>: what helps to choose DBSCAN's eps.</summary>
internal static class KDistanceCommand
{
    /// <summary>Points of the curve in the JSON answer: enough for a plot.</summary>
    const int CurvePoints = 200;

    static readonly double[] Shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var dataset = Values.Text("--dataset", "NAME", "The dataset, by name or number; may be left out where there is just one", "-d");
        var filter = Values.Text("--filter", "TERMS", "Which of its stars", "-f");
        var features = Values.Text("--features", "RECIPE", $"Feature recipe (default {FeatureRecipes.Default})");
        var minSamples = Values.Whole("--min-samples", "N", $"DBSCAN's min_samples: the distance to this neighbour, the star itself included (default {new DbscanParameters().MinSamples})", 1, 10_000);
        var command = new DescribedCommand("k-distance", "Suggest DBSCAN's eps from the distances to the k-th neighbours",
            "almagest discover k-distance --dataset praesepe --features astrometric --min-samples 15")
        {
            dataset, filter, features, minSamples,
        };
        command.SetAction(async (parsed, _) =>
        {
            var selection = StarFilterText.Parse(parsed.GetValue(filter));
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            var found = await DatasetChoice.ResolveAsync(session.Ledger, parsed.GetValue(dataset), shell.Cancellation);
            var recipe = parsed.GetValue(features) ?? FeatureRecipes.Default;
            var k = (int)(parsed.GetValue(minSamples) ?? new DbscanParameters().MinSamples);
            var answer = await new DiscoveryService(session.Ledger).KDistanceAsync(found.Name, selection, recipe, k, shell.Cancellation);
            var curve = Enumerable.Range(0, CurvePoints).Select(i => i / (CurvePoints - 1.0)).Select(share => new { share, distance = At(answer.Distances, share) });
            shell.Answer(new { dataset = found.Name, features = recipe, min_samples = k, suggested_eps = answer.SuggestedEps, stars_sampled = answer.Distances.Length, curve }, console =>
            {
                console.Heading($"Distance to neighbour {k} among {found.Name}: {selection.Describe()}, {recipe}");
                console.Facts([.. Shares.Select(share => ($"{share:P0} of the stars", (string?)$"nearer than {At(answer.Distances, share):0.####}"))]);
                console.Say(answer.SuggestedEps is { } eps ? $"The curve bends at eps {eps:0.####}: almagest discover clusters --eps {eps:0.###} --min-samples {k}" : "The curve does not bend: no eps suggests itself.");
            });
            return CommandLine.Done;
        });
        return command;
    }

    static double At(double[] ascending, double share) => ascending[(int)Math.Round(share * (ascending.Length - 1))];
}
