using System.Globalization;
using System.Text;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary>What anomaly runs without options put first.</summary>
internal static class AnomalyTables
{
    private const int First = 30;

    // Of the first thirty at most so many may owe their place to a distance that nobody knows.
    private const int MostDoubtful = 3;

    private static readonly long[] s_seeds = [42, 1, 2, 3, 4];

    /// <returns>whether no field puts more doubtful distances first than allowed</returns>
    public static bool Write(StringBuilder page, string? folder)
    {
        page.AppendLine("## Anomalies\n");
        page.AppendLine(
            "Anomaly runs without options (isolation forest, contamination 0.05, seed 42): the recipe that the program chooses, and of the "
                + $"{First} most anomalous stars those whose features use a distance that is none: a parallax below 5 times its error, "
                + $"or, where the table has no errors, below 0.1 mas. At most {MostDoubtful} may.\n"
        );
        page.AppendLine("| field | stars | analysed | recipe | doubtful distances | magnitudes | proper motions (mas/yr) |");
        page.AppendLine("| --- | ---: | ---: | --- | ---: | --- | --- |");
        var met = true;
        var reasons = new StringBuilder();
        foreach (var field in ScienceField.All.Where(f => folder is not null && File.Exists(Path.Combine(folder, f.File))))
        {
            Console.Error.WriteLine(field.Name);
            var (stars, ids) = field.Read(folder!);
            var choice = Choice(stars);
            var analysis = Run(stars, choice, 42, 0.05);
            var first = Ranking(analysis).Take(First).ToArray();
            var doubtful = choice.Recipe.UsesDistance ? first.Count(row => IsDoubtful(analysis.Stars, row)) : 0;
            met &= doubtful <= MostDoubtful;
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {field.Name} | {stars.Count:N0} | {analysis.Stars.Count:N0} | `{choice.Recipe.Reference}` | {doubtful} | "
                    + $"{Range(first, r => analysis.Stars.Magnitude[r])} | {Range(first, r => Motion(analysis.Stars, r))} |"
            );
            reasons.AppendLine(CultureInfo.InvariantCulture, $"* {field.Name}: {choice.Reason} Not analysed: {Excluded(analysis)}.");
            if (Environment.GetEnvironmentVariable("ALMAGEST_SCIENCE_ROWS") is { Length: > 0 })
                Print(analysis, first, ids);
        }

        page.AppendLine("\nWhy, and what is left out:\n");
        page.Append(reasons);
        page.AppendLine();
        WriteKinds(page, folder);
        return met;
    }

    private static void WriteKinds(StringBuilder page, string? folder)
    {
        var field = ScienceField.All.Single(f => f.File == "gaia-100pc.csv");
        if (folder is null || !File.Exists(Path.Combine(folder, field.File)))
            return;
        var (stars, _) = field.Read(folder);
        page.AppendLine(
            "Stars within 100 pc, five seeds: the share of the white dwarfs (bp_rp < 1.5, absolute magnitude > 10) and of the stars faster "
                + "than 200 km/s across the sky that are flagged; of the fast stars also how many are among as many first ones.\n"
        );
        page.AppendLine("| recipe | contamination | white dwarfs | fast stars | fast stars among as many first ones |");
        page.AppendLine("| --- | ---: | --- | --- | --- |");
        var chosen = Choice(stars).Recipe.Name;
        foreach (var recipe in new[] { chosen, "deep", "luminosity", "kinematic" }.Distinct())
        foreach (var contamination in new[] { 0.05, 0.1 })
        {
            var (white, fast, precise) = (new List<string>(), new List<string>(), new List<string>());
            foreach (var seed in s_seeds)
            {
                var run = Run(stars, new RecipeChoice(FeatureRecipes.Get(recipe), ""), seed, contamination);
                var ranking = Ranking(run).ToArray();
                var flagged = ranking[..run.AnomalyCount];
                var (isWhite, isFast) = (Kind(run.Stars, IsWhiteDwarf), Kind(run.Stars, IsFast));
                white.Add(Share(flagged.Count(isWhite.Contains), isWhite.Count));
                fast.Add(Share(flagged.Count(isFast.Contains), isFast.Count));
                precise.Add(Share(ranking.Take(isFast.Count).Count(isFast.Contains), isFast.Count));
            }
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| `{recipe}` | {contamination} | {string.Join(" ", white)} | {string.Join(" ", fast)} | {string.Join(" ", precise)} |"
            );
        }
        page.AppendLine();
    }

    private static RecipeChoice Choice(StarColumns stars) =>
        RecipeChoice.ForAnomalies(ColumnCoverage.Of(stars, DistanceRule.Usual, RecipeChoice.AnomalyOrder.Select(FeatureRecipes.Get)));

    private static StarAnalysis Run(StarColumns stars, RecipeChoice choice, long seed, double contamination) =>
        StarAnalysis.Run(
            stars,
            new IsolationForestParameters
            {
                Features = choice.Recipe.Reference,
                RandomState = seed,
                Contamination = contamination,
            }
        );

    private static IEnumerable<int> Ranking(StarAnalysis analysis)
    {
        var scores = analysis.Scores();
        return Enumerable.Range(0, scores.Length).OrderBy(row => scores[row]).ThenBy(row => analysis.Stars.StarId[row]);
    }

    private static bool IsDoubtful(StarColumns stars, int row) =>
        stars.ParallaxErrorMas[row] > 0 ? !(stars.ParallaxMas[row] / stars.ParallaxErrorMas[row] >= 5) : !(stars.ParallaxMas[row] >= 0.1);

    private static HashSet<int> Kind(StarColumns stars, Func<StarColumns, int, bool> of) =>
        [.. Enumerable.Range(0, stars.Count).Where(row => of(stars, row))];

    private static bool IsWhiteDwarf(StarColumns stars, int row) =>
        stars.Color[row] < 1.5 && stars.Magnitude[row] + 5 * Math.Log10(stars.ParallaxMas[row]) - 10 > 10;

    private static bool IsFast(StarColumns stars, int row) => 4.740470463533348 * Motion(stars, row) / stars.ParallaxMas[row] > 200;

    private static double Motion(StarColumns stars, int row) =>
        Math.Sqrt(stars.PmraMasYr[row] * stars.PmraMasYr[row] + stars.PmdecMasYr[row] * stars.PmdecMasYr[row]);

    private static string Share(int found, int all) => ((double)found / all).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range(int[] rows, Func<int, double> of)
    {
        var values = rows.Select(of).Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{values[0]:0.0} to {values[^1]:0.0}, median {values[values.Length / 2]:0.0}");
    }

    private static string Excluded(StarAnalysis analysis) =>
        analysis.Excluded.Count == 0
            ? "none"
            : string.Join(", ", analysis.Excluded.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Reason} {e.Count:N0}")));

    // To be read by a person: what are they?
    private static void Print(StarAnalysis analysis, int[] rows, string[] ids)
    {
        foreach (var row in rows)
        {
            var s = analysis.Stars;
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {ids[s.StarId[row] - 1], 20} mag {s.Magnitude[row], 5:0.00} colour {s.Color[row], 5:0.00} pm "
                        + $"{Motion(s, row), 7:0.00} ± {Math.Max(s.PmraErrorMasYr[row], s.PmdecErrorMasYr[row]):0.00} plx "
                        + $"{s.ParallaxMas[row], 6:0.00} ± {s.ParallaxErrorMas[row]:0.00}"
                )
            );
        }
    }
}
