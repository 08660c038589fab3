using System.Globalization;
using System.Text;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;
using Almagest.Discovery.Simulation;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary>Calibration of the probabilities on simulated cones around known clusters, whose members are known.</summary>
internal static class SimulatedSkies
{
    private const int Seeds = 3;

    private static readonly string[] s_clusters = ["Pleiades", "Praesepe", "NGC 2516", "NGC 3532", "NGC 6475"];

    /// <returns>whether every bin is within 0.05 and two binomial deviations</returns>
    public static bool Write(StringBuilder page)
    {
        page.AppendLine("## Calibration on simulated skies\n");
        page.AppendLine(
            "Cones of `simulate` around five clusters, three seeds each, with errors that grow towards faint stars (errors of motion "
                + "1.03 and 0.89 of the parallax's) and spurious solutions. Precision and recall of the best matching clusters; "
                + "then, of all stars with a probability of 0.01 and more in five bins of equal size, mean probability → share of members. "
                + "At most 0.05 and two binomial deviations may be between them.\n"
        );
        page.AppendLine("| what the table has | precision | recall | bins | stars in each | within |");
        page.AppendLine("| --- | ---: | ---: | --- | ---: | --- |");
        var (met, fifths) = (true, new StringBuilder());
        foreach (
            var (name, columns) in new (string, string[])[]
            {
                ("the default, without errors", []),
                ("`star_errors` = `use`, error of the parallax", [StarColumns.ParallaxErrorName]),
                (
                    "`star_errors` = `use`, all errors",
                    [StarColumns.ParallaxErrorName, StarColumns.PmraErrorName, StarColumns.PmdecErrorName]
                ),
            }
        )
            met &= Row(page, fifths, name, columns);
        page.AppendLine(
            "\nThe same by fifths of the probability ± two binomial deviations (stars). Few stars are in the lower ones: those at a "
                + "cluster's rim in position and motion, of which more are members than the probability says.\n"
        );
        page.Append(fifths);
        page.AppendLine();
        return met;
    }

    private static bool Row(StringBuilder page, StringBuilder fifths, string name, string[] columns)
    {
        var pairs = new List<(double Probability, bool IsMember)>();
        double precision = 0,
            recall = 0;
        foreach (var cluster in s_clusters)
            for (ulong seed = 1; seed <= Seeds; seed++)
            {
                Console.Error.WriteLine($"{cluster}, {name}, seed {seed}");
                var stars = Simulated(cluster, seed);
                var found = StarAnalysis.Run(
                    Columns(stars, columns),
                    new AutoParameters
                    {
                        Features = FeatureRecipes.ForClusters,
                        StarErrors = columns.Length == 0 ? AutoParameters.Ignore : AutoParameters.Use,
                    }
                );
                bool[] member = [.. found.Stars.StarId.Select(id => stars[(int)id - 1].Cluster == cluster)];
                if (ClusterScore.Best(found.Clusters!, member, stars.Count(s => s.Cluster == cluster)) is { } best)
                    (precision, recall) = (precision + best.Precision, recall + best.Recall);
                pairs.AddRange(ClusterScore.Judged(found.Clusters!, member, 0.01));
            }

        var bins = CalibrationBin.OfEqualSize(pairs);
        var met = bins.All(b => b.IsWithin(0.05, withChance: true));
        fifths.AppendLine(
            CultureInfo.InvariantCulture,
            $"* {name}: {string.Join(", ", CalibrationBin.OfEqualWidth(pairs).Select(b => b.InFull()))}"
        );
        var runs = s_clusters.Length * Seeds;
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {name} | {precision / runs:0.000} | {recall / runs:0.000} | {string.Join(", ", bins)} | "
                + $"{bins.Select(b => b.Stars).DefaultIfEmpty().Min()} | {(met ? "yes" : "no")} |"
        );
        return met;
    }

    private static List<SimulatedStar> Simulated(string name, ulong seed)
    {
        var cluster = OpenCluster.Known.Single(c => c.Name == name);
        return
        [
            .. new SkySimulator(
                new SkySimulationOptions
                {
                    Stars = 10_000,
                    Seed = seed,
                    Clusters = OpenCluster.Known.Count,
                    ClusterFraction = 0.04,
                    MagnitudeLimit = 18,
                    Region = SkyRegion.Cone(cluster.RaDeg, cluster.DecDeg, 2),
                }
            ).Stars(),
        ];
    }

    private static StarColumns Columns(List<SimulatedStar> stars, string[] errors)
    {
        double[] Of(Func<SimulatedStar, double> value) => [.. stars.Select(value)];
        double[] If(string name, Func<SimulatedStar, double> error) => Of(s => errors.Contains(name) ? error(s) : double.NaN);
        var none = Of(_ => double.NaN);
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(1, stars.Count).Select(i => (long)i)],
            RaDeg = Of(s => s.RaDeg),
            DecDeg = Of(s => s.DecDeg),
            ParallaxMas = Of(s => s.ParallaxMas),
            PmraMasYr = Of(s => s.PmraMasYr),
            PmdecMasYr = Of(s => s.PmdecMasYr),
            Magnitude = Of(s => s.PhotGMeanMag),
            Color = Of(s => s.BpRp),
            Further = new Dictionary<string, double[]>
            {
                [StarColumns.ParallaxErrorName] = If(StarColumns.ParallaxErrorName, s => s.ParallaxErrorMas),
                [StarColumns.PmraErrorName] = If(StarColumns.PmraErrorName, s => s.PmraErrorMasYr),
                [StarColumns.PmdecErrorName] = If(StarColumns.PmdecErrorName, s => s.PmdecErrorMasYr),
                [StarColumns.PmraPmdecCorrelationName] = none,
                [StarColumns.ParallaxPmraCorrelationName] = none,
                [StarColumns.ParallaxPmdecCorrelationName] = none,
            },
        };
    }
}
