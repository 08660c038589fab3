using Almagest.Ledger.Model;

namespace Almagest.Ledger.Tests.Views;

/// <summary>One run against one label set, computed plainly: by counting, and pairs of stars one by one.</summary>
public sealed record PlainMeasure(
    PlainRun Run,
    string Set,
    int Labelled,
    (int Positives, int Hits, int Wrong, int Missed, int Right)? Counts,
    double? Precision,
    double? Recall,
    double? F1,
    double? AveragePrecision,
    double? RandIndex,
    double? Purity,
    DateTime LastUpdated
);

public static class PlainQuality
{
    public const string Sql = """
        select run_id, label_set, run_type, labelled_stars, positives, true_positives, false_positives, false_negatives, true_negatives,
               precision, recall, f1, average_precision, adjusted_rand_index, purity, last_updated from mv_discovery_quality
        """;

    public static List<string> Rows(IEnumerable<PlainRun> runs, PlainSky sky) =>
        PlainLedger.Sorted(
            Of(runs, sky)
                .Select(m =>
                    PlainLedger.Row(
                        m.Run.RunId,
                        m.Set,
                        m.Run.RunType,
                        m.Labelled,
                        m.Counts?.Positives,
                        m.Counts?.Hits,
                        m.Counts?.Wrong,
                        m.Counts?.Missed,
                        m.Counts?.Right,
                        m.Precision,
                        m.Recall,
                        m.F1,
                        m.AveragePrecision,
                        m.RandIndex,
                        m.Purity,
                        m.LastUpdated
                    )
                )
        );

    public static IEnumerable<PlainMeasure> Of(IEnumerable<PlainRun> runs, PlainSky sky) =>
        from run in runs
        where run.IsComplete && !run.InFiles
        from set in sky.Labels.Keys.Select(k => k.Set).Distinct()
        let measure = run.RunType == RunTypes.Anomaly ? Detection(run, set, sky) : Grouping(run, set, sky)
        where measure is not null
        select measure;

    private static PlainMeasure? Detection(PlainRun run, string set, PlainSky sky)
    {
        var judged = run
            .Stars.Select(
                (star, i) =>
                    (Label: sky.Labels.GetValueOrDefault((star, set)), Flag: run.Flags[i], Score: run.Scores[i] ?? double.PositiveInfinity)
            )
            .Where(x => x.Label?.IsAnomaly is not null)
            .Select(x => (Real: x.Label!.IsAnomaly == 1, x.Flag, x.Score, x.Label.LabelledAt))
            .ToList();
        if (judged.Count == 0)
            return null;
        int Count(bool real, bool flag) => judged.Count(j => j.Real == real && j.Flag == flag);
        var (hits, wrong, missed, right) = (Count(true, true), Count(false, true), Count(true, false), Count(false, false));
        var positives = hits + missed;
        // Of labels of one class alone precision says nothing.
        var hasBoth = positives > 0 && positives < judged.Count;
        long sum = 0;
        foreach (var score in judged.Where(j => j.Real).Select(j => j.Score).Distinct())
        {
            var chosen = judged.Where(j => j.Score <= score).ToList();
            var gained = judged.Count(j => j.Real && j.Score == score);
            sum += (long)Math.Round((double)(gained * chosen.Count(j => j.Real)) / chosen.Count * 1e9, MidpointRounding.ToEven);
        }
        return new PlainMeasure(
            run,
            set,
            judged.Count,
            (positives, hits, wrong, missed, right),
            hasBoth ? Ratio(hits, hits + wrong) : null,
            Ratio(hits, positives),
            hasBoth ? Ratio(2 * hits, 2 * hits + wrong + missed) : null,
            hasBoth ? sum / 1e9 / positives : null,
            null,
            null,
            Later(run, judged.Max(j => j.LabelledAt))
        );
    }

    private static PlainMeasure? Grouping(PlainRun run, string set, PlainSky sky)
    {
        var known = run
            .Stars.Select((star, i) => (Label: sky.Labels.GetValueOrDefault((star, set)), Found: run.Labels[i]!.Value))
            .Where(x => x.Label is not null)
            .Select(x => (Real: x.Label!.Cluster ?? "", x.Found, x.Label.LabelledAt))
            .ToList();
        if (known.All(k => k.Real.Length == 0))
            return null;
        long together = 0,
            parted = 0,
            joined = 0,
            apart = 0;
        for (var i = 0; i < known.Count; i++)
        {
            for (var j = 0; j < known.Count; j++)
            {
                if (i == j)
                    continue;
                switch (known[i].Real == known[j].Real, known[i].Found == known[j].Found)
                {
                    case (true, true):
                        together++;
                        break;
                    case (true, false):
                        parted++;
                        break;
                    case (false, true):
                        joined++;
                        break;
                    default:
                        apart++;
                        break;
                }
            }
        }
        double? index =
            known.Select(k => k.Real).Distinct().Count(name => name.Length > 0) == 1 ? null
            : parted == 0 && joined == 0 ? 1
            : (double)(2 * (together * apart - parted * joined))
                / ((together + parted) * (parted + apart) + (together + joined) * (joined + apart));
        var clustered = known.Where(k => k.Found >= 0).ToList();
        var pure = clustered.GroupBy(k => k.Found).Sum(g => g.CountBy(k => k.Real).Max(c => c.Value));
        return new PlainMeasure(
            run,
            set,
            known.Count,
            null,
            null,
            null,
            null,
            null,
            index,
            Ratio(pure, clustered.Count),
            Later(run, known.Max(k => k.LabelledAt))
        );
    }

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static DateTime Later(PlainRun run, DateTime labelled) => labelled > run.CompletedAt!.Value ? labelled : run.CompletedAt.Value;
}
