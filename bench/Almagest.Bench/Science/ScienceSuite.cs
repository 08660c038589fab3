using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary><c>bench science</c>: what the defaults find in real fields, beside the lists of their members.</summary>
internal static class ScienceSuite
{
    private const int Shuffles = 20;

    public static Suite Suite { get; } =
        new(
            "science",
            "what the defaults find in real fields, beside the lists of their members",
            "      --data FOLDER                the folder of real tables (default: shared/data beside the checkout, or "
                + "ALMAGEST_TEST_DATA)",
            args => Task.FromResult(Run(args))
        );

    private static int Run(string[] args)
    {
        var arguments = new BenchArguments(
            args,
            ["--data", "--server", "--python"],
            ["--quick", "--anomalies", "--clusters", "--detectors", "--draws", "--reviews"]
        );
        var page = new StringBuilder("# What the defaults find\n\n");
        page.AppendLine(CultureInfo.InvariantCulture, $"{Machine.Describe()}, {DateTime.UtcNow:yyyy-MM-dd}.\n");
        var folder = arguments["--data"] ?? Folder();
        if (arguments.Has("--detectors"))
        {
            DetectorTables.Write(page, folder);
            arguments.Publish(page.ToString());
            return 0;
        }
        if (arguments.Has("--reviews"))
        {
            var reference = arguments["--python"] ?? "/usr/bin/python3 bench/compare/active_reference.py";
            var found = ActiveTables.Write(page, folder, reference);
            arguments.Publish(page.ToString());
            return found ? 0 : 1;
        }
        if (arguments.Has("--draws"))
        {
            var held = FlagChances.Write(page, folder, arguments.Has("--quick"));
            arguments.Publish(page.ToString());
            return held ? 0 : 1;
        }
        var met = arguments.Has("--clusters") || AnomalyTables.Write(page, folder);
        if (arguments.Has("--anomalies"))
        {
            arguments.Publish(page.ToString());
            return met ? 0 : 1;
        }
        if (!arguments.Has("--clusters"))
            DetectorTables.Write(page, folder);
        page.AppendLine("## Clusters\n");
        page.AppendLine(
            "Cluster runs without options (`auto`, seed 42). The best matching cluster against the published members, or those that "
                + "a model holds "
                + "for likelier than not; in brackets what is asked for. A cluster's scale is the side of the grid's cell in mas/yr "
                + "in which it "
                + "stood out most.\n"
        );
        page.AppendLine("| field | stars | clusters | precision | recall | found | seconds |");
        page.AppendLine("| --- | ---: | ---: | --- | --- | --- | ---: |");
        var calibrations = new StringBuilder();
        foreach (var field in ScienceField.All)
            met &= Row(page, calibrations, field, folder);
        page.AppendLine();
        page.AppendLine(
            "Mean probability → share of listed members, of the stars with a probability of 0.01 and more: in five bins of equal "
                + "size; whether, on the two published lists, as many bins as have 200 stars each are within 0.15; and by fifths of the "
                + "probability, ± two binomial deviations (stars). The other lists are a model's, cut at limits of its own.\n"
        );
        page.AppendLine("| field | bins of equal size | stars in each | within | by fifths of the probability |");
        page.AppendLine("| --- | --- | ---: | --- | --- |");
        page.Append(calibrations);
        page.AppendLine();
        page.AppendLine(Nulls(folder));
        page.AppendLine();
        met &= SimulatedSkies.Write(page);
        arguments.Publish(page.ToString());
        return met ? 0 : 1;
    }

    private static bool Row(StringBuilder page, StringBuilder calibrations, ScienceField field, string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, field.File)))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {field.Name} | – | – | – | – | left out: {field.File} is not there | – |");
            return true;
        }

        Console.Error.WriteLine(field.Name);
        var (stars, ids) = field.Read(folder);
        var members = field.ReadMembers(folder);
        var watch = Stopwatch.StartNew();
        var analysis = Search(stars);
        var seconds = watch.Elapsed.TotalSeconds;
        // Stars that lack a motion or the parallax are not analysed; a listed member among them is missed.
        bool[] member = [.. analysis.Stars.StarId.Select(id => members.Contains(ids[id - 1]))];
        var listed = ids.Count(members.Contains);
        var clusters = analysis.Clusters!;
        var best = field.Members is null ? null : ClusterScore.Best(clusters, member, listed);
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {field.Name} | {stars.Count:N0} | {clusters.ClusterCount} | {Asked(best?.Precision, field.LeastPrecision)} | "
                + $"{Asked(best?.Recall, field.LeastRecall)} | {ClusterScore.Words(analysis)} | {seconds:0.0} |"
        );
        if (field.Members is null)
            return true;
        var judged = ClusterScore.Judged(clusters, member, 0.01);
        var bins = CalibrationBin.OfEqualSize(judged);
        var isCalibrated =
            !field.IsPublished || CalibrationBin.OfEqualSize(judged, least: 200).All(b => b.IsWithin(0.15, withChance: false));
        calibrations.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {field.Name} | {string.Join(", ", bins)} | {judged.Count / 5} | "
                + $"{(!field.IsPublished ? "–" : isCalibrated ? "yes" : "no")} | "
                + $"{string.Join(", ", CalibrationBin.OfEqualWidth(judged).Select(b => b.InFull()))} |"
        );
        return best is { } b && b.Precision >= field.LeastPrecision && b.Recall >= field.LeastRecall && isCalibrated;
    }

    // Motions and parallax of the field without a cluster, each shuffled by itself: whatever is found is a false alarm.
    private static string Nulls(string? folder)
    {
        var field = ScienceField.All.Single(f => f.File.EndsWith("null-field.csv", StringComparison.Ordinal));
        if (folder is null || !File.Exists(Path.Combine(folder, field.File)))
            return $"False alarms: left out, {field.File} is not there.";
        var (stars, _) = field.Read(folder);
        var alarms = 0;
        for (var seed = 0; seed < Shuffles; seed++)
        {
            var random = new Random(seed);
            alarms +=
                Search(
                    new StarColumns
                    {
                        StarId = stars.StarId,
                        RaDeg = stars.RaDeg,
                        DecDeg = stars.DecDeg,
                        ParallaxMas = Shuffled(random, stars.ParallaxMas),
                        PmraMasYr = Shuffled(random, stars.PmraMasYr),
                        PmdecMasYr = Shuffled(random, stars.PmdecMasYr),
                        Magnitude = stars.Magnitude,
                        Color = stars.Color,
                        Further = stars.Further,
                    }
                ).Clusters!.ClusterCount > 0
                    ? 1
                    : 0;
        }

        return $"False alarms: {alarms} of {Shuffles} shuffles of {field.File} (motions and parallax, each by itself) have a "
            + $"cluster; at a level of "
            + "1 % at most one may.";
    }

    private static double[] Shuffled(Random random, double[] values)
    {
        double[] shuffled = [.. values];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static StarAnalysis Search(StarColumns stars) =>
        StarAnalysis.Run(stars, new AutoParameters { Features = FeatureRecipes.ForClusters });

    private static string Asked(double? found, double? least) =>
        least is null ? "–"
        : found is null ? string.Create(CultureInfo.InvariantCulture, $"none [{least:0.00}]")
        : string.Create(CultureInfo.InvariantCulture, $"{found:0.000} [{least:0.00}]");

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA") is { Length: > 0 } named)
            return named;
        for (var at = new DirectoryInfo(Environment.CurrentDirectory); at is not null; at = at.Parent)
            if (Path.Combine(at.FullName, "shared", "data") is var folder && Directory.Exists(folder))
                return folder;
        return null;
    }
}
