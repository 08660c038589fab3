using Almagest.Contract.Errors;
using Almagest.Contract.Recovery;
using Almagest.Discovery.Recovery;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;

namespace Almagest.Runs.Recovery;

/// <summary>Plants outliers and counts how many of them the algorithm marks.</summary>
internal static class OutlierTrials
{
    private const int Bins = 5;

    private static readonly double[] s_defaultContrasts = [0, 1, 2, 3, 4, 6];

    public static RecoveryReport Run(Trial trial, RecoveryReport report, DiscoveryRun run)
    {
        var (field, recipe) = (trial.Field, trial.Recipe);
        var seen = OutlierTraits.SeenBy(recipe);
        var traits = report.Settings.Traits is { } named ? [.. named.Select(OutlierTraits.Parse)] : seen;
        if (traits.Count == 0)
        {
            throw LedgerException.Invalid(
                "traits",
                $"recipe {recipe.Name} shows neither colours nor magnitudes nor motions: no outlier that can be planted would be odd in it",
                "Plant clusters, or choose a run with other features."
            );
        }
        var settings = report.Settings with
        {
            Plant = RecoverySettings.Outliers,
            Traits = [.. traits.Select(t => t.Name())],
            Contrasts = report.Settings.Contrasts ?? s_defaultContrasts,
            Repetitions = report.Settings.Repetitions ?? 10,
            Seed = report.Settings.Seed ?? 42,
        };
        trial.Expected = settings.Repetitions.Value + 1;
        var plain = Marks(trial.Run([]));
        var plainCount = plain.Count(m => m);
        settings = settings with { Stars = settings.Stars ?? StarsFor(plain.Length, plainCount, run) };
        var plan = new OutlierPlan(
            [.. traits.Select(t => TraitSpread.Of(field.Stars, t, recipe))],
            settings.Contrasts,
            settings.Stars.Value
        );

        var tally = new Dictionary<(OutlierTrait, double), (long Planted, long Found)>();
        var byMagnitude = RecoveryBins.Even(field.Stars.Magnitude, Bins, 3);
        var byDistance = RecoveryBins.Even([.. field.Stars.ParallaxMas.Select(Distance)], Bins, 2);
        long marked = 0,
            gained = 0,
            lost = 0;
        var refused = 0;
        for (var repetition = 0; repetition < settings.Repetitions; repetition++)
        {
            var planted = OutlierPlanter.Plant(field, plan, settings.Seed.Value, repetition, out var none);
            refused += none;
            var marks = Marks(trial.Run(planted));
            for (var i = 0; i < plain.Length; i++)
            {
                if (marks[i])
                    marked++;
                if (marks[i] && !plain[i])
                    gained++;
                if (!marks[i] && plain[i])
                    lost++;
            }
            foreach (var (i, star) in planted.Index())
            {
                var found = marks[plain.Length + i];
                var key = (star.Kind!.Value, star.Contrast);
                var (n, k) = tally.GetValueOrDefault(key);
                tally[key] = (n + 1, k + (found ? 1 : 0));
                if (star.Contrast == 0)
                    continue;
                byMagnitude.Add(star.Star.Magnitude, found);
                byDistance.Add(Distance(star.Star.ParallaxMas), found);
            }
        }
        WilsonInterval Sum(Func<double, bool> contrasts) =>
            WilsonInterval.Of(
                tally.Where(t => contrasts(t.Key.Item2)).Sum(t => t.Value.Found),
                tally.Where(t => contrasts(t.Key.Item2)).Sum(t => t.Value.Planted)
            );
        var control = Sum(c => c == 0);
        var unseen = traits.Except(seen).Select(t => $"Recipe {recipe.Name} does not show an outlier in {t.Name()}: finding it is chance.");
        return report with
        {
            Settings = settings,
            Recovery = Sum(c => c > 0),
            Outliers = new OutlierRecovery(
                refused,
                [
                    .. plan.Traits.SelectMany(t =>
                        settings.Contrasts.Select(c => new ContrastRecovery(
                            t.Trait.Name(),
                            c,
                            c * t.Spread,
                            t.Unit,
                            tally.TryGetValue((t.Trait, c), out var of) ? WilsonInterval.Of(of.Found, of.Planted) : WilsonInterval.Of(0, 0)
                        ))
                    ),
                ],
                byMagnitude.Read(),
                byDistance.Read(),
                control.Trials == 0 ? null : control,
                new RealStarMarks(
                    plainCount,
                    WilsonInterval.Of(marked, (long)plain.Length * settings.Repetitions.Value),
                    (double)gained / settings.Repetitions.Value,
                    (double)lost / settings.Repetitions.Value
                )
            ),
            Notes =
            [
                .. unseen,
                .. refused > 0 ? [$"{refused} outliers were not planted: the selection would hold no such star."] : Array.Empty<string>(),
            ],
        };
    }

    // So few that they neither change the medians and scales nor fill the share that an anomaly run may flag.
    private static int StarsFor(int stars, int marked, DiscoveryRun run) =>
        Math.Max(1, Math.Min(Math.Min(500, stars / 100), run.RunType == RunTypes.Anomaly ? marked / 5 : int.MaxValue));

    private static bool[] Marks(StarAnalysis analysis) =>
        analysis.Anomalies is { } anomalies
            ? [.. Enumerable.Range(0, analysis.Stars.Count).Select(anomalies.IsAnomaly)]
            : [.. analysis.Clusters!.Labels.Select(l => l < 0)];

    internal static double Distance(double parallax) => parallax > 0 ? 1000 / parallax : double.NaN;
}
