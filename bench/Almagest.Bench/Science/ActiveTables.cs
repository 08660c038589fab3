using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary>What a review finds: interesting stars among the first that are looked at, beside the plain list and plain references of the
/// published methods, which get the same trees.</summary>
internal static class ActiveTables
{
    /// <summary>In place of the program of the references: they are left out, and ours alone takes minutes.</summary>
    public const string None = "none";

    private const int Seeds = 10;

    /// <summary>Looked at.</summary>
    private static readonly int[] s_budgets = [50, 100];

    private const int Trees = 100;

    /// <summary>Trees that PineForest grows beyond those that it keeps.</summary>
    private const int Spare = 400;

    /// <returns>whether a review finds as much as the best reference, and twice the plain list where that finds below a third</returns>
    public static bool Write(StringBuilder page, string? folder, string python)
    {
        page.AppendLine("## Reviews\n");
        page.AppendLine(
            $"Stars of one kind are interesting, all others are not; the most anomalous star that was not shown yet is shown, and answered "
                + $"truly. How many interesting ones are among the first {string.Join(" and ", s_budgets)} shown, means over "
                + $"{Seeds} seeds: by "
                + "the plain list of the isolation forest; by `active`; and by plain references of the published methods "
                + "(`bench/compare/active_reference.py`), which get the same trees: AAD for ensembles of trees (Das et al. "
                + "2019) and PineForest (Kornilov et al. "
                + $"2025, {Spare} spare trees). The contamination plays no part in the order. Planted kinds are those of the detectors' "
                + "tables, 20 stars each: no list can find more.\n"
        );
        page.AppendLine("| table | recipe | kind | stars | shown | plain list | `active` | AAD | PineForest |");
        page.AppendLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        var met = true;
        foreach (
            var (file, name) in new[] { ("gaia-100pc.csv", "within 100 pc"), ("fields/ruprecht147-gaiadr2-cone.csv.gz", "Ruprecht 147") }
        )
        {
            if (folder is null || !File.Exists(Path.Combine(folder, file)))
                continue;
            var (stars, _) = ScienceField.All.Single(f => f.File == file).Read(folder);
            var (matrix, analysed) = Prepared(stars);
            foreach (var (kind, isOf) in RealKinds.Of(analysed))
                met &= Row(page, name, kind, matrix, isOf, python);
            if (name != "within 100 pc")
                continue;
            var planted = PlantedOutliers.Among(stars, FeatureRecipes.Get("population"), out _);
            (matrix, analysed) = Prepared(planted.Stars);
            var row = analysed.StarId.Index().ToDictionary(p => p.Item, p => p.Index);
            foreach (var sort in planted.Sorts.Distinct())
            {
                var isOf = new bool[matrix.Rows];
                for (var i = 0; i < planted.Sorts.Count; i++)
                    if (planted.Sorts[i] == sort && row.TryGetValue(planted.Stars.StarId[planted.Real + i], out var at))
                        isOf[at] = true;
                met &= Row(page, name, $"planted: {sort}", matrix, isOf, python);
            }
        }
        page.AppendLine();
        Speed(page);
        return met;
    }

    private static (FeatureMatrix Matrix, StarColumns Stars) Prepared(StarColumns stars)
    {
        var analysis = StarAnalysis.Run(
            stars,
            new IsolationForestParameters
            {
                Features = "population",
                DistanceWithoutErrors = true,
                Draws = 0,
            }
        );
        return (analysis.Features.Matrix, analysis.Stars);
    }

    private static bool Row(StringBuilder page, string table, string kind, FeatureMatrix matrix, bool[] isOf, string python)
    {
        Console.Error.WriteLine($"{table}, {kind}");
        var most = s_budgets.Max();
        var found = Enumerable.Range(0, 4).Select(_ => new double[s_budgets.Length]).ToArray();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var forest = ActiveForest.Grow(matrix, new ActiveForestParameters { RandomState = seed });
            var plain = Ranked(forest.Unlearned).Take(most).Select(r => isOf[r]).ToArray();
            var (aad, pine) = Reference(matrix, isOf, seed, most, python);
            foreach (var (m, shown) in new[] { plain, Review(forest, isOf, most), aad, pine }.Index())
            foreach (var (b, budget) in s_budgets.Index())
                found[m][b] += shown.Take(budget).Count(x => x) / (double)Seeds;
        }
        var met = true;
        var stars = isOf.Count(x => x);
        foreach (var (b, budget) in s_budgets.Index())
        {
            var (plain, active, best) = (found[0][b], found[1][b], Math.Max(found[2][b], found[3][b]));
            // A third of what could be found.
            var few = plain < Math.Min(budget, stars) / 3.0;
            var holds = active >= best - 1e-9 && (!few || active >= 2 * plain);
            met &= holds;
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {table} | `population` | {kind} | {stars:N0} | {budget} | {plain:0.0} | {active:0.0}{(holds ? "" : " (less)")} | "
                    + $"{found[2][b]:0.0} | {found[3][b]:0.0} |"
            );
        }
        return met;
    }

    private static bool[] Review(ActiveForest forest, bool[] isOf, int most)
    {
        var answers = new Dictionary<int, bool>();
        var shown = new List<bool>();
        var scores = forest.Unlearned;
        while (shown.Count < most)
        {
            var next = Enumerable.Range(0, scores.Length).Where(r => !answers.ContainsKey(r)).MinBy(r => scores[r]);
            answers.Add(next, isOf[next]);
            shown.Add(isOf[next]);
            scores = forest.Learn(answers).Scores;
        }
        return [.. shown];
    }

    private static IEnumerable<int> Ranked(double[] scores) => Enumerable.Range(0, scores.Length).OrderBy(r => scores[r]);

    /// <summary>The same trees and more of them, as files for the reference.</summary>
    private static (bool[] Aad, bool[] Pine) Reference(FeatureMatrix matrix, bool[] isOf, int seed, int most, string python)
    {
        var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters { NEstimators = Trees + Spare, RandomState = seed });
        if (python == None)
            return ([], []);
        using var folder = new TemporaryFolder();
        var leaves = new int[matrix.Rows * model.Trees.Count];
        var lengths = new List<double>();
        var first = 0;
        for (var t = 0; t < model.Trees.Count; t++)
        {
            var tree = model.Trees[t];
            for (var row = 0; row < matrix.Rows; row++)
                leaves[row * model.Trees.Count + t] = first + tree.LeafOf(matrix.Row(row));
            lengths.AddRange(tree.PathLength);
            first += tree.Nodes;
        }
        using (var file = File.Create(Path.Combine(folder.Path, "leaves.i32")))
            file.Write(MemoryMarshal.AsBytes(leaves.AsSpan()));
        MatrixFile.Write(Path.Combine(folder.Path, "lengths.f64"), [.. lengths]);
        File.WriteAllBytes(Path.Combine(folder.Path, "interesting.u8"), [.. isOf.Select(x => (byte)(x ? 1 : 0))]);
        var words = python.Split(' ');
        using var process = Process.Start(
            new ProcessStartInfo(words[0], [.. words[1..], folder.Path, $"{Trees}", $"{model.Trees.Count}", $"{most}"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        using var document = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        bool[] Of(string name) => [.. document.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetBoolean())];
        return (Of("aad"), Of("pine"));
    }

    private static void Speed(StringBuilder page)
    {
        const int Rows = 1_000_000,
            Columns = 3;
        var random = new Random(5);
        var values = new double[Rows * Columns];
        foreach (ref var value in values.AsSpan())
            value = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var watch = Stopwatch.StartNew();
        var forest = ActiveForest.Grow(new FeatureMatrix(Rows, ["a", "b", "c"], values), new ActiveForestParameters());
        var grown = watch.Elapsed.TotalSeconds;
        var ranked = Ranked(forest.Unlearned).Take(100).ToArray();
        var times = new List<string>();
        foreach (var count in new[] { 1, 10, 100 })
        {
            var answers = ranked.Take(count).Index().ToDictionary(a => a.Item, a => a.Index % 3 == 0);
            var best = double.PositiveInfinity;
            for (var pass = 0; pass < 3; pass++)
            {
                watch.Restart();
                var scores = forest.Learn(answers).Scores;
                _ = Enumerable.Range(0, scores.Length).MinBy(r => scores[r]);
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }
            times.Add(string.Create(CultureInfo.InvariantCulture, $"{best:0.00} s after {count} answer{(count == 1 ? "" : "s")}"));
        }
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"Of {Rows:N0} stars with {Columns} features a review begins in {grown:0.00} s; all stars have their new "
                + $"scores, and the next is "
                + $"known, {string.Join(", ", times)} (the best of three; {Trees} trees).\n"
        );
    }
}
