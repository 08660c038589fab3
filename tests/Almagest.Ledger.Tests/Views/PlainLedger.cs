using System.Globalization;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Tests.Views;

/// <summary>One run as the test made it. <see cref="Flags"/> and <see cref="Scores"/> of an anomaly run, <see cref="Labels"/> of a cluster
/// run.</summary>
/// <param name="Parameters">without the seed, as the database writes them</param>
public sealed record PlainRun(
    Guid RunId,
    string RunType,
    string Algorithm,
    string Parameters,
    long DatasetId,
    DateTime CreatedAt,
    string Status,
    DateTime? CompletedAt,
    long[] Stars,
    double?[] Scores,
    bool[] Flags,
    int?[] Labels
)
{
    /// <summary>Every stored parameter as JSON text, by its name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The selection within the dataset, as stored.</summary>
    public string Filter { get; init; } = "{}";

    /// <summary>Stars that it selected and did not analyse.</summary>
    public IReadOnlyList<long> Excluded { get; init; } = [];

    /// <summary>Whether the ledger has the results of its flagged and clustered stars alone.</summary>
    public bool InFiles { get; init; }

    public bool IsComplete => Status == RunStatus.Completed;
    public IEnumerable<long> Flagged => Stars.Where((_, i) => Flags[i]);
}

/// <summary>The views of runs computed plainly, from the words of the design and without any SQL; the others beside. Rows are text,
/// sorted.</summary>
public static class PlainLedger
{
    public static List<string> RunStats(IEnumerable<PlainRun> runs) =>
        Sorted(
            runs.Where(r => r.IsComplete)
                .Select(r =>
                {
                    var scores = r.Scores.Where((s, i) => r.Flags[i] && s is not null).Select(s => s!.Value).ToList();
                    var sizes = r.Labels.Where(l => l is >= 0).GroupBy(l => l).Select(g => g.Count()).ToList();
                    var flags = r.Flags.Count(f => f);
                    return Row(
                        r.RunId,
                        r.RunType,
                        r.CreatedAt,
                        r.Stars.Length,
                        flags,
                        r.Stars.Length == 0 ? 0 : 100.0 * flags / r.Stars.Length,
                        scores.Count == 0 ? null : scores.Min(),
                        scores.Count == 0 ? null : scores.Max(),
                        Mean(scores),
                        sizes.Count,
                        sizes.Count == 0 ? null : sizes.Min(),
                        sizes.Count == 0 ? null : sizes.Max(),
                        sizes.Count == 0 ? null : (double)sizes.Sum() / sizes.Count,
                        r.Labels.Count(l => l == -1),
                        r.CompletedAt
                    );
                })
        );

    public const string RunStatsSql = """
        select run_id, run_type, created_at, total_stars, anomaly_count, anomaly_percentage, min_anomaly_score, max_anomaly_score,
          avg_anomaly_score,
               cluster_count, min_cluster_size, max_cluster_size, avg_cluster_size, noise_count, last_updated from mv_discovery_run_stats
        """;

    public static List<string> ClusterSizes(IEnumerable<PlainRun> runs) =>
        Sorted(
            from r in runs
            where r.IsComplete && r.RunType == RunTypes.Cluster
            from g in r.Stars.Zip(r.Labels).Where(x => x.Second is >= 0).GroupBy(x => x.Second!.Value)
            select Row(r.RunId, g.Key, g.Count(), g.Select(x => x.First).Order(), r.CompletedAt)
        );

    public const string ClusterSizesSql =
        "select run_id, cluster_id, cluster_size, star_ids, last_updated from mv_cluster_size_distribution";

    public static List<string> StarFrequency(IEnumerable<PlainRun> runs, PlainSky sky)
    {
        var complete = Anomaly(runs);
        return Sorted(
            complete
                .SelectMany(r => r.Stars)
                .Distinct()
                .Where(sky.IsInLedger)
                .Select(star =>
                {
                    var analysed = complete.Where(r => r.Stars.Contains(star)).ToList();
                    var flagged = analysed.Where(r => r.Flagged.Contains(star)).ToList();
                    var scores = flagged
                        .Select(r => r.Scores[Array.IndexOf(r.Stars, star)])
                        .Where(s => s is not null)
                        .Select(s => s!.Value)
                        .ToList();
                    return Row(
                        star,
                        flagged.Count,
                        analysed.Count,
                        100.0 * flagged.Count / analysed.Count,
                        Mean(scores),
                        flagged.Select(r => r.RunId).Order(IdOrder),
                        analysed.Max(r => r.CompletedAt)
                    );
                })
        );
    }

    public const string StarFrequencySql =
        "select star_id, anomaly_count, total_runs, frequency_pct, mean_anomaly_score, run_ids, last_updated from "
        + "mv_star_anomaly_frequency";

    public static List<string> Overlap(IEnumerable<PlainRun> runs)
    {
        var complete = Anomaly(runs).OrderBy(r => r.RunId, IdOrder).ToList();
        return Sorted(
            from i in Enumerable.Range(0, complete.Count)
            from j in Enumerable.Range(i + 1, complete.Count - i - 1)
            let a = complete[i].Flagged.ToHashSet()
            let b = complete[j].Flagged.ToHashSet()
            let shared = a.Intersect(b).Order().ToList()
            let union = a.Union(b).Count()
            select Row(
                complete[i].RunId,
                a.Count,
                complete[j].RunId,
                b.Count,
                shared.Count,
                shared,
                a.Count - shared.Count,
                b.Count - shared.Count,
                union == 0 ? 0 : (double)shared.Count / union,
                Max(complete[i].CompletedAt, complete[j].CompletedAt)
            )
        );
    }

    public const string OverlapSql = """
        select run_1_id, run_1_count, run_2_id, run_2_count, overlap_count, overlapping_star_ids, run_1_unique_count, run_2_unique_count,
          jaccard_similarity, last_updated
        from mv_anomaly_overlap_matrix
        """;

    public static List<string> Timeline(IEnumerable<PlainRun> runs) =>
        Sorted(
            from r in runs
            from type in new[] { "week", "month" }
            group r by (Start: Period(type, r.CreatedAt), Type: type, r.RunType) into g
            let complete = g.Where(r => r.IsComplete).ToList()
            select Row(
                g.Key.Start,
                g.Key.Type,
                g.Key.RunType,
                g.Count(),
                complete.Count,
                (double)complete.Count / g.Count(),
                complete.Sum(r => r.Stars.Length),
                g.Max(r => r.IsComplete ? Max(r.CreatedAt, r.CompletedAt) : r.CreatedAt)
            )
        );

    public const string TimelineSql =
        "select period_start, period_type, run_type, total_runs, completed_runs, completion_rate, total_stars_analyzed, last_updated "
        + "from mv_discovery_timeline";

    internal static List<PlainRun> Anomaly(IEnumerable<PlainRun> runs) =>
        runs.Where(r => r.IsComplete && r.RunType == RunTypes.Anomaly).ToList();

    private static DateOnly Period(string type, DateTime utc)
    {
        var day = DateOnly.FromDateTime(utc);
        return type == "month" ? new DateOnly(day.Year, day.Month, 1) : day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    // The ledger's mean: scores to 1e-9, summed exactly.
    private static double? Mean(List<double> scores) =>
        scores.Count == 0 ? null : (double)scores.Sum(s => (long)Math.Round(s * 1e9, MidpointRounding.ToEven)) / 1e9 / scores.Count;

    internal static DateTime? Max(DateTime? a, DateTime? b) => a > b ? a : b;

    // PostgreSQL orders a uuid by its bytes as written.
    internal static readonly Comparer<Guid> IdOrder = Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    public static List<string> Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    /// <summary>One row as text; the same text comes from the same values read from the database.</summary>
    public static string Row(params object?[] values) => string.Join(" | ", values.Select(Text));

    private static string Text(object? value) =>
        value switch
        {
            null or DBNull => "null",
            DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            string text => text,
            System.Collections.IEnumerable many => "[" + string.Join(",", many.Cast<object>().Select(Text)) + "]",
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
