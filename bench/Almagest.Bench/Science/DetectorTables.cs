using System.Globalization;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary>All detectors beside each other: over real kinds of stars, and over outliers that are planted.</summary>
internal static class DetectorTables
{
    private static readonly string[] s_recipes = ["population", "luminosity", "photometric", "kinematic", "deep", "default"];

    public static void Write(StringBuilder page, string? folder)
    {
        page.AppendLine("## Detectors\n");
        page.AppendLine(
            "Every detector with its defaults (seed 42) over every recipe that can use at least half of a table. Real kinds, where a table "
                + "has 5 of them or more: white dwarfs (bp_rp < 1.5, absolute magnitude > 10), stars faster than 200 km/s across the sky, "
                + "giants (absolute magnitude < 3.5, bp_rp > 0.8, where they are at most one star in twenty), each at a distance (parallax "
                + "of 5 "
                + "errors, or of 1 mas where there are none). Planted sorts: stars odd in colour, in brightness, in motion (each by 4 "
                + "spreads), in colour and motion at once (by 2.5 each), and a clump of stars that are odd alike.\n"
        );
        page.AppendLine(
            "AUC: the chance that a star of the kind is ahead of one that is of no kind. First: its share among as many first stars "
                + "as there are of it; of planted sorts the share that is among the first 1 % of the table. Bold: the best of a line.\n"
        );
        var answers = new List<DetectorScore>();
        foreach (var field in ScienceField.WithKinds.Where(f => folder is not null && File.Exists(Path.Combine(folder, f.File))))
        {
            var (stars, _) = field.Read(folder!);
            foreach (var recipe in s_recipes)
                answers.AddRange(Scores(field.Name, stars, recipe));
        }
        Print(page, "Real kinds", answers.Where(a => !a.IsPlanted), a => $"{a.Table}: {a.Kind}, {a.Stars:N0}");
        // Planted sorts are many: the mean over the tables says enough.
        Print(page, "Planted outliers, means over the tables", answers.Where(a => a.IsPlanted), a => $"{a.Kind}");
        Summary(page, answers);
    }

    private static IEnumerable<DetectorScore> Scores(string table, StarColumns stars, string recipe)
    {
        var planted = PlantedOutliers.Among(stars, FeatureRecipes.Get(recipe), out var sorts);
        foreach (var (among, kinds) in new[] { (stars, (PlantedOutliers?)null), (planted.Stars, planted) })
        {
            if (sorts == 0 && kinds is not null)
                continue;
            foreach (var detector in Algorithms.Of(AnomalyAlgorithm.Type))
            {
                Console.Error.WriteLine($"{table}, {recipe}, {detector.Name}{(kinds is null ? "" : ", planted")}");
                if (Run(among, detector, recipe) is not { } run || 2 * run.Stars.Count < among.Count)
                    break;
                var scores = run.Scores();
                foreach (var score in kinds is null ? Real(run.Stars, scores) : kinds.Judge(run.Stars, scores))
                    yield return score with
                    {
                        Table = table,
                        Recipe = recipe,
                        Detector = detector.Name,
                    };
            }
        }
    }

    /// <summary>Null where the recipe cannot be used.</summary>
    private static StarAnalysis? Run(StarColumns stars, Algorithm detector, string recipe)
    {
        try
        {
            var parameters = detector.Read($$"""{"features": "{{recipe}}", "distance_without_errors": true}""");
            return StarAnalysis.Run(stars, parameters);
        }
        catch (Exception e) when (e is LedgerException or DiscoveryException)
        {
            return null;
        }
    }

    private static IEnumerable<DetectorScore> Real(StarColumns stars, double[] scores)
    {
        var kinds = RealKinds.Of(stars);
        bool[] any = [.. Enumerable.Range(0, stars.Count).Select(i => kinds.Any(k => k.Is[i]))];
        foreach (var (name, isOf) in kinds)
        {
            var count = isOf.Count(b => b);
            yield return new DetectorScore(
                name,
                false,
                count,
                DetectorScore.Separation(scores, isOf, any),
                DetectorScore.ShareAmong(scores, isOf, count)
            );
        }
    }

    private static void Print(StringBuilder page, string title, IEnumerable<DetectorScore> answers, Func<DetectorScore, string> line)
    {
        var names = Algorithms.Of(AnomalyAlgorithm.Type).Select(a => a.Name).ToArray();
        page.AppendLine(CultureInfo.InvariantCulture, $"### {title}: AUC, first\n");
        page.AppendLine(CultureInfo.InvariantCulture, $"| kind | recipe | {string.Join(" | ", names.Select(n => $"`{n}`"))} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"| --- | --- | {string.Join(" | ", names.Select(_ => "---"))} |");
        foreach (var group in answers.GroupBy(a => (Line: line(a), a.Recipe)))
        {
            var cells = names.Select(n => group.Where(a => a.Detector == n).ToList()).ToList();
            var best = cells.Where(c => c.Count > 0).Max(c => Math.Round(c.Average(a => a.First), 2));
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {group.Key.Line} | `{group.Key.Recipe}` | {string.Join(" | ", cells.Select(c => Cell(c, best)))} |"
            );
        }
        page.AppendLine();
    }

    private static string Cell(List<DetectorScore> scores, double best)
    {
        if (scores.Count == 0)
            return "–";
        var (auc, first) = (scores.Average(a => a.Auc), scores.Average(a => a.First));
        var words = string.Create(CultureInfo.InvariantCulture, $"{auc:0.000}, {first:0.00}");
        return Math.Round(first, 2) == best ? $"**{words}**" : words;
    }

    private static void Summary(StringBuilder page, List<DetectorScore> answers)
    {
        page.AppendLine("### All together\n");
        page.AppendLine(
            "Means over the lines above, real kinds and planted sorts each as a half; of real kinds the recipe that serves a kind best is "
                + "taken for each detector, too (best). Worst: the least share first of any real kind with its best recipe.\n"
        );
        page.AppendLine("| detector | real: AUC | first | best AUC | best first | worst | planted: AUC | first |");
        page.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var of in answers.GroupBy(a => a.Detector))
        {
            var (real, planted) = (of.Where(a => !a.IsPlanted).ToList(), of.Where(a => a.IsPlanted).ToList());
            var best = real.GroupBy(a => (a.Table, a.Kind)).Select(g => (Auc: g.Max(a => a.Auc), First: g.Max(a => a.First))).ToList();
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| `{of.Key}` | {Mean(real, a => a.Auc)} | {Mean(real, a => a.First)} | {best.Average(b => b.Auc):0.000} | {best
                    .Average(b => b.First):0.000} | {best.Min(b => b.First):0.000} | {Mean(planted, a => a.Auc)} | {Mean(
                    planted,
                    a => a.First
                )} |"
            );
        }
        page.AppendLine();
    }

    private static string Mean(List<DetectorScore> scores, Func<DetectorScore, double> of) =>
        scores.Count == 0 ? "–" : scores.Average(of).ToString("0.000", CultureInfo.InvariantCulture);
}
