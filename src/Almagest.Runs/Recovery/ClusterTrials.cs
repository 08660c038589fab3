using Almagest.Contract.Errors;
using Almagest.Contract.Recovery;
using Almagest.Contract.Runs;
using Almagest.Discovery.Features;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Statistics;

namespace Almagest.Runs.Recovery;

/// <summary>Plants clusters, one at a time, and counts how many of them and of their members the algorithm finds.</summary>
internal static class ClusterTrials
{
    private const int Bins = 5;
    private const double DispersionKmS = 0.6;

    private static readonly int[] s_defaultMembers = [25, 50, 100, 200];
    private static readonly double[] s_contrastEdges = [0.1, 0.3, 1, 3, 10];

    public static RecoveryReport Run(Trial trial, RecoveryReport report)
    {
        var field = trial.Field;
        var settings = report.Settings with
        {
            Plant = RecoverySettings.Clusters,
            Members = report.Settings.Members ?? s_defaultMembers,
            DistancesPc = report.Settings.DistancesPc ?? Quartiles(field.Stars),
            SpreadsPc = report.Settings.SpreadsPc ?? [2],
            Repetitions = report.Settings.Repetitions ?? 10,
            Seed = report.Settings.Seed ?? 42,
        };
        var plans = (
            from distance in settings.DistancesPc
            from spread in settings.SpreadsPc
            from dispersion in settings.DispersionsMasYr ?? [RecoveryBins.Rounded(ClusterPlan.MotionOf(DispersionKmS, distance), 3)]
            from members in settings.Members
            select new ClusterPlan(members, distance, spread, dispersion)
        ).ToList();
        trial.Expected = plans.Count * settings.Repetitions.Value + 1;
        trial.RequireFew();

        var plain = trial.Run([]).Clusters!;
        var byMagnitude = RecoveryBins.Even(field.Stars.Magnitude, Bins, 3);
        var byDistance = RecoveryBins.Even([.. field.Stars.ParallaxMas.Select(OutlierTrials.Distance)], Bins, 2);
        var byContrast = new RecoveryBins(s_contrastEdges);
        var found = new List<PlanRecovery>();
        int spurious = 0,
            withSpurious = 0,
            repetitions = 0,
            outside = 0;
        foreach (var plan in plans)
        {
            var matches = new List<PlantedClusterMatch>();
            for (var repetition = 0; repetition < settings.Repetitions; repetition++)
            {
                var planted = ClusterPlanter.Plant(field, plan, settings.Seed.Value, repetition);
                outside += plan.Members - planted.Count;
                // Of one star or none there is nothing to find; the repetition counts as one that finds nothing.
                if (planted.Count < 2)
                    continue;
                var analysis = trial.Run(planted);
                var labels = analysis.Clusters!.Labels;
                var match = PlantedClusterMatch.Of(labels, field.Stars.Count, analysis.Features.Matrix);
                matches.Add(match);
                byContrast.Add(match.Contrast, match.IsRecovered);
                foreach (var (i, star) in planted.Index())
                {
                    var member = match.IsRecovered && labels[field.Stars.Count + i] == match.Cluster;
                    byMagnitude.Add(star.Star.Magnitude, member);
                    byDistance.Add(OutlierTrials.Distance(star.Star.ParallaxMas), member);
                }
                var more = PlantedClusterMatch.SpuriousOf(
                    labels,
                    field.Stars.Count,
                    plain.Labels,
                    match.IsRecovered ? match.Cluster : null
                );
                (spurious, withSpurious, repetitions) = (spurious + more, withSpurious + (more > 0 ? 1 : 0), repetitions + 1);
            }
            found.Add(Sum(plan, matches, settings.Repetitions.Value));
        }
        return report with
        {
            Settings = settings,
            Recovery = WilsonInterval.Of(found.Sum(f => f.Recovery.Successes), found.Sum(f => f.Recovery.Trials)),
            Clusters = new ClusterRecovery(
                found,
                byMagnitude.Read(),
                byDistance.Read(),
                byContrast.Read(),
                new FalseClusters(
                    plain.ClusterCount,
                    repetitions == 0 ? 0 : (double)spurious / repetitions,
                    WilsonInterval.Of(withSpurious, repetitions)
                )
            ),
            Notes = outside == 0 ? [] : [$"{CountText.Of(outside, "member was", "members were")} not planted: outside of the selection."],
        };
    }

    private static PlanRecovery Sum(ClusterPlan plan, List<PlantedClusterMatch> matches, int repetitions)
    {
        var recovered = matches.Where(m => m.IsRecovered).ToList();
        var contrast =
            matches.Count == 0
                ? double.PositiveInfinity
                : OrderStatistics.Median([.. matches.Select(m => double.IsInfinity(m.Contrast) ? double.MaxValue : m.Contrast)]);
        return new PlanRecovery(
            plan,
            WilsonInterval.Of(recovered.Count, repetitions),
            matches.Sum(m => (double)m.Planted) / repetitions,
            contrast < 1e300 ? contrast : null,
            recovered.Count == 0 ? null : recovered.Average(m => m.Completeness),
            recovered.Count == 0 ? null : recovered.Average(m => m.Purity)
        );
    }

    private static double[] Quartiles(StarColumns stars)
    {
        var distances = stars.ParallaxMas.Where(p => p >= DistanceRule.MinParallaxMas).Select(p => 1000 / p).ToArray();
        if (distances.Length == 0)
            throw LedgerException.Invalid(
                "distances_pc",
                "no star of the selection has a positive parallax: its distances are not known",
                "Give the distances of the clusters to plant."
            );
        return [.. new[] { 25.0, 50, 75 }.Select(p => RecoveryBins.Rounded(OrderStatistics.Percentile(distances, p), 2)).Distinct()];
    }
}
